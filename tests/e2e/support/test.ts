/** The test function with the words of the project's language and how its screen is called. */
import { test as base, expect } from '@playwright/test';
import { Words } from './words';

type Surroundings = {
  words: Words;
  /** Name of the project: `tablet-zh`. Makes names unique between projects that run side by side. */
  label: string;
  isPhone: boolean;
};

export const test = base.extend<object, Surroundings>({
  words: [async ({}, use, info) => use(new Words(info.project.name.endsWith('zh') ? 'zh' : 'en')), { scope: 'worker' }],
  label: [async ({}, use, info) => use(info.project.name), { scope: 'worker' }],
  isPhone: [async ({}, use, info) => use(info.project.name.startsWith('phone')), { scope: 'worker' }],
});

export { expect };

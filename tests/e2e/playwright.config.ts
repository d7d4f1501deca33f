/**
 * The matrix: the long stories run on a tablet in Chinese and on a phone in English, which covers both sizes and both
 * languages; the tour of all screens runs in every combination. Nothing is tried twice: a test that fails once is a fault.
 */
import { defineConfig, type Project } from '@playwright/test';
import { SCREENSHOTS, folder } from './support/settings';

const SIZES = {
  tablet: { viewport: { width: 1280, height: 800 }, hasTouch: true },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
} as const;
const LOCALES = { zh: 'zh-CN', en: 'en-GB' } as const;

const TOUR = /tour\.spec\.ts/;
/** What needs no screen, or only one. */
const ONCE = /(uploads|pin|industries)\.spec\.ts/;

/** Pictures for the README are wanted in both sizes and both languages. */
const STORIES = SCREENSHOTS ? ['tablet-zh', 'tablet-en', 'phone-zh', 'phone-en'] : ['tablet-zh', 'phone-en'];

function project(size: keyof typeof SIZES, locale: keyof typeof LOCALES): Project {
  const name = `${size}-${locale}`;
  const stories = name === 'tablet-en' ? /(story|dispute|industries)\.spec\.ts/ : /(story|dispute)\.spec\.ts/;
  const rest = name === 'tablet-zh' ? [TOUR, ONCE, stories] : [TOUR, stories];
  return {
    name,
    testMatch: STORIES.includes(name) ? rest : [TOUR],
    use: { ...SIZES[size], locale: LOCALES[locale] },
  };
}

const executablePath = process.env['DAVY_CHROMIUM'];

export default defineConfig({
  testDir: 'tests',
  outputDir: folder('results'),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  retries: 0,
  workers: 2,
  forbidOnly: true,
  maxFailures: 5,
  reporter: 'list',
  use: {
    actionTimeout: 15_000,
    navigationTimeout: 15_000,
    timezoneId: 'Asia/Shanghai',
    screenshot: 'only-on-failure',
    permissions: ['camera'],
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--use-fake-device-for-media-stream',
      ],
    },
  },
  projects: [project('tablet', 'zh'), project('phone', 'en'), project('tablet', 'en'), project('phone', 'zh')],
});

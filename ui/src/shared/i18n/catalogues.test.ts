/// <reference types="node" />
/** The words of both apps are complete in both languages, and no component says anything outside them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../..');
const CATALOGUES = ['shared/i18n/common.', 'field/words/', 'console/words/'];

function read(path: string): Record<string, string> {
  return JSON.parse(readFileSync(join(SRC, path), 'utf8')) as Record<string, string>;
}

function components(folder: string): string[] {
  return readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.svelte'))
    .map((name) => join(folder, name));
}

type Parts = ReturnType<IntlMessageFormat['getAst']>;
const LITERAL = 0;
const POUND = 7;

/** Names of the values a message takes. */
function values(parts: Parts): string[] {
  return parts.flatMap((part) => {
    if (part.type === LITERAL || part.type === POUND) return [];
    const inner = 'options' in part ? Object.values(part.options).flatMap((option) => values(option.value)) : [];
    return 'value' in part ? [part.value, ...inner] : inner;
  });
}

describe.each(CATALOGUES)('the catalogue %s', (place) => {
  const zh = read(`${place}zh.json`);
  const en = read(`${place}en.json`);

  it('has the same keys in both languages', () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  });

  it('has no empty text', () => {
    const empty = [...Object.entries(zh), ...Object.entries(en)].filter(([, text]) => text.trim() === '').map(([key]) => key);
    expect(empty).toEqual([]);
  });

  it('takes the same values in both languages, in messages that parse', () => {
    const names = (message: string) => [...new Set(values(new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst()))].sort();
    for (const [key, message] of Object.entries(en)) {
      const here = new Set(names(message));
      const other = names(zh[key] ?? '');
      expect(other.filter((name) => !here.has(name)), key).toEqual([]);
    }
  });

  it('uses the plain form of the product’s terms', () => {
    for (const text of Object.values(zh)) expect(text).not.toMatch(/问题清单|检查单|地点隐患/);
  });
});

/** Attributes whose value is read by people. */
const SPOKEN = new Set(['aria-label', 'aria-description', 'aria-valuetext', 'alt', 'title', 'placeholder', 'label']);
/** Names that are the same in every language. */
const NAMES = new Set(['Davy', 'SHA-256', 'https://']);
const LETTERS = /[A-Za-z\u4e00-\u9fff]{2,}/u;

/** Literal words in a component: text nodes and spoken attributes with letters that no catalogue was asked for. */
function literals(source: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null || !('type' in node)) return;
    const one = node as AST.SvelteNode & { type: string };
    if (one.type === 'Text' && LETTERS.test(one.data) && !NAMES.has(one.data.trim())) found.push(one.data.trim());
    if (one.type === 'Attribute') {
      if (!SPOKEN.has(one.name) || one.value === true) return;
      const parts = Array.isArray(one.value) ? one.value : [one.value];
      for (const part of parts) {
        if (part.type === 'Text' && LETTERS.test(part.data) && !NAMES.has(part.data)) found.push(`${one.name}="${part.data}"`);
        if (part.type === 'ExpressionTag' && part.expression.type === 'Literal' && LETTERS.test(String(part.expression.value))) {
          found.push(`${one.name}={${String(part.expression.value)}}`);
        }
      }
      return;
    }
    if (one.type === 'StyleSheet' || one.type === 'Script') return;
    for (const [key, value] of Object.entries(one)) {
      if (key !== 'css' && key !== 'instance' && key !== 'module' && key !== 'options') visit(value);
    }
  };
  visit(parse(source, { modern: true }).fragment);
  return found;
}

describe('components', () => {
  it('are recognised when they contain words of their own', () => {
    expect(literals('<p>Hello there</p><button aria-label="关闭"></button><img alt={"Photo"} />')).toEqual(['Hello there', 'aria-label="关闭"', 'alt={Photo}']);
    expect(literals('<p>{t("a.b")} · {n}</p><a href="/sites">{x}</a>')).toEqual([]);
  });

  it.each(['shared', 'field', 'console'])('of %s contain no words outside the catalogues', (folder) => {
    const offenders = components(folder).flatMap((path) => literals(readFileSync(join(SRC, path), 'utf8')).map((text) => `${path}: ${text}`));
    expect(offenders).toEqual([]);
  });

  it.each(['shared', 'field', 'console'])('of %s contain no Chinese in their scripts', (folder) => {
    const offenders = components(folder).filter((path) => /[\u4e00-\u9fff]/u.test(readFileSync(join(SRC, path), 'utf8')));
    expect(offenders).toEqual([]);
  });
});

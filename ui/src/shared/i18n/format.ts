/** Dates, numbers and sizes in the current language. Reads the locale, so templates follow a switch. */
import { locale } from './i18n.svelte';

const cache = new Map<string, Intl.DateTimeFormat>();

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale.tag + JSON.stringify(options);
  let formatter = cache.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale.tag, options);
    cache.set(key, formatter);
  }
  return formatter;
}

/** Day and time to the minute. */
export function dateTime(ms: number): string {
  return dates({ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(ms);
}

/** The day alone. */
export function date(ms: number): string {
  return dates({ year: 'numeric', month: 'short', day: 'numeric' }).format(ms);
}

/** Day and time in short form, without the year. */
export function shortDateTime(ms: number): string {
  return dates({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(ms);
}

/** Time of day to the minute. */
export function timeOfDay(ms: number): string {
  return dates({ hour: '2-digit', minute: '2-digit' }).format(ms);
}

/** A calendar day given as `YYYY-MM-DD`; other text is returned as it is. */
export function day(iso: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (!parts) return iso;
  const date = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  return dates({ year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' }).format(date);
}

/** A number with the language's grouping. */
export function number(value: number): string {
  return new Intl.NumberFormat(locale.tag).format(value);
}

/** A size in the largest fitting unit of 1,000 bytes. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || scaled >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(locale.tag, { maximumFractionDigits: digits }).format(scaled)} ${units[unit] ?? ''}`;
}

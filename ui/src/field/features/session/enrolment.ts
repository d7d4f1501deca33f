/** What can be typed, pasted or scanned to enrol, understood before anything is sent. */

export type EnrolTarget = { server: string; code: string };

/** Reads a scanned or pasted enrolment link; `null` when the text is not one. */
export function parseEnrolLink(text: string): EnrolTarget | null {
  const trimmed = text.trim();
  if (!/^davy:\/\/enrol\b/i.test(trimmed)) return null;
  const query = trimmed.indexOf('?');
  if (query < 0) return null;
  const values = new URLSearchParams(trimmed.slice(query + 1));
  const server = values.get('server')?.trim() ?? '';
  const code = values.get('code')?.trim() ?? '';
  return server === '' || code === '' ? null : { server, code };
}

/** The server's address with its scheme: https unless it is this very machine. */
export function normaliseServer(typed: string): string | null {
  const trimmed = typed.trim().replace(/\/+$/, '');
  if (trimmed === '' || /^https?:$/i.test(trimmed)) return null;
  const local = /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/i.test(trimmed);
  const withScheme = /^https?:\/\//i.test(trimmed) ? trimmed : `${local ? 'http' : 'https'}://${trimmed}`;
  try {
    return new URL(withScheme).href.replace(/\/$/, '');
  } catch {
    return null;
  }
}

/** A PIN of one digit repeated or counted up or down is guessed first. */
export function isWeakPin(pin: string): boolean {
  if (/^(\d)\1+$/.test(pin)) return true;
  const steps = [...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index]));
  return steps.length > 0 && (steps.every((step) => step === 1) || steps.every((step) => step === -1));
}

/** A name for this device that people recognise on the console. */
export function suggestDeviceName(agent: string): string {
  if (/Android/i.test(agent)) return 'Android';
  if (/iPhone|iPad/i.test(agent)) return 'iOS';
  if (/Windows/i.test(agent)) return 'Windows';
  if (/Mac OS/i.test(agent)) return 'Mac';
  return /Linux/i.test(agent) ? 'Linux' : '';
}

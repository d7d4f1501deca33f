/** Whether a standard is in force, as far as its dates are known. */
import type { Standard } from '$shared/generated/core';

export type Force = { state: 'in_force'; from: string | null } | { state: 'not_yet'; from: string } | { state: 'ended'; until: string };

/** `inForce` is the core's word for it; the dates only say why. Days and years as text compare in the order of time. */
export function forceOf(standard: Standard, inForce: boolean, today: string): Force {
  if (inForce) return { state: 'in_force', from: standard.effective_from ?? null };
  const from = standard.effective_from ?? '';
  return from > today ? { state: 'not_yet', from } : { state: 'ended', until: standard.effective_to ?? '' };
}

/** Today as `YYYY-MM-DD` on this device's calendar. */
export function todayOf(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

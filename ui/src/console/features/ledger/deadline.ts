// Deadlines are calendar days at the site. A day is past when it lies before today's day where the reader is. Pure except `today`.

/** Whether a `YYYY-MM-DD` lies before another; anything else is not judged. */
export function overdue(deadline: string, day: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(deadline) && deadline < day;
}

/** Today as `YYYY-MM-DD` on the reader's calendar. */
export function today(now: Date = new Date()): string {
  const month = String(now.getMonth() + 1).padStart(2, '0');
  return `${now.getFullYear()}-${month}-${String(now.getDate()).padStart(2, '0')}`;
}

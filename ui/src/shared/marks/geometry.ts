/** Geometry of the marks over a photograph. The drawing's longer side has 1000 units, whatever the picture's pixels. */
import type { EvidenceView, Mark, Spot } from '../generated/core';

/** The right or lower edge of a picture in a mark's places. */
export const END = 10_000;
/** Most marks over one photograph, as the core has it. */
export const MOST_MARKS = 30;
/** Longest words of a mark, as the core has it. */
export const MOST_WORDS = 60;
/** Height of a line of words, in units of the drawing. */
export const EM = 38;

const LONGER = 1000;
/** Length of the two strokes of an arrow's head. */
const WING = 42;
/** Half the angle between them. */
const ANGLE = Math.PI / 7;
/** Words are not made narrower than this many letters, however near the edge they begin. */
const LEAST_EM = 7;

export type Size = { width: number; height: number };
export type Point = { x: number; y: number };

/** Size of the drawing over a photograph; `null` when it was never decoded, so that there is nothing to draw over. */
export function sizeOf(photo: Pick<EvidenceView, 'width' | 'height'>): Size | null {
  const { width, height } = photo;
  if (!width || !height) return null;
  const scale = LONGER / Math.max(width, height);
  return { width: width * scale, height: height * scale };
}

export function pointOf(spot: Spot, size: Size): Point {
  return { x: (spot.x / END) * size.width, y: (spot.y / END) * size.height };
}

/** The nearest place inside the picture. */
export function spotOf(point: Point, size: Size): Spot {
  const inside = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * END);
  return { x: inside(point.x / size.width), y: inside(point.y / size.height) };
}

/** The ends of the two strokes of an arrow's head. */
export function wings(from: Point, to: Point): [Point, Point] {
  const back = Math.atan2(from.y - to.y, from.x - to.x);
  const length = Math.min(WING, Math.hypot(from.x - to.x, from.y - to.y));
  const end = (angle: number): Point => ({ x: to.x + length * Math.cos(angle), y: to.y + length * Math.sin(angle) });
  return [end(back - ANGLE), end(back + ANGLE)];
}

export function rectangle(from: Point, to: Point): Point & Size {
  return { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(from.x - to.x), height: Math.abs(from.y - to.y) };
}

/** Where words begin and how they are broken into lines that stay inside the picture. A wide letter is one em, another half of one. */
export function layOut(words: string, at: Point, size: Size): { x: number; lines: string[] } {
  const x = Math.max(0, Math.min(at.x, size.width - LEAST_EM * EM));
  const most = (size.width - x) / EM;
  const lines: string[] = [];
  let line = '';
  for (const part of words.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+/gu) ?? []) {
    if (line !== '' && ems(line + part.trimEnd()) > most) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += part;
  }
  return { x, lines: [...lines, line.trimEnd()] };
}

function ems(words: string): number {
  return [...words].reduce((sum, letter) => sum + (letter >= '\u2e80' ? 1 : 0.58), 0);
}

/** Moves a mark by a share of the picture; it stays inside. `only` moves an arrow's head or a frame's second corner alone. */
export function moved(mark: Mark, dx: number, dy: number, only: 'all' | 'end'): Mark {
  const inside = (value: number) => Math.min(END, Math.max(0, value));
  const shift = (spot: Spot): Spot => ({ x: inside(spot.x + dx), y: inside(spot.y + dy) });
  if (mark.type === 'text') return { ...mark, at: shift(mark.at) };
  return { ...mark, from: only === 'end' ? mark.from : shift(mark.from), to: shift(mark.to) };
}

/** The uppermost mark near a point; `null` when there is none. */
export function markAt(marks: readonly Mark[], point: Point, size: Size, near: number): number | null {
  for (let index = marks.length - 1; index >= 0; index -= 1) {
    const mark = marks[index];
    if (mark && distance(mark, point, size) <= near) return index;
  }
  return null;
}

function distance(mark: Mark, point: Point, size: Size): number {
  if (mark.type === 'text') {
    const at = pointOf(mark.at, size);
    const { x, lines } = layOut(mark.text, at, size);
    const width = Math.max(...lines.map(ems)) * EM;
    return outside(point, { x, y: at.y - EM / 2, width, height: lines.length * EM });
  }
  const [from, to] = [pointOf(mark.from, size), pointOf(mark.to, size)];
  if (mark.type === 'arrow') return toSegment(point, from, to);
  const { x, y, width, height } = rectangle(from, to);
  const corners: Point[] = [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
  return Math.min(...corners.map((corner, index) => toSegment(point, corner, corners[(index + 1) % 4] as Point)));
}

function outside(point: Point, box: Point & Size): number {
  const dx = Math.max(box.x - point.x, 0, point.x - box.x - box.width);
  const dy = Math.max(box.y - point.y, 0, point.y - box.y - box.height);
  return Math.hypot(dx, dy);
}

function toSegment(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((point.x - from.x) * dx + (point.y - from.y) * dy) / length));
  return Math.hypot(point.x - from.x - along * dx, point.y - from.y - along * dy);
}

/**
 * Marks being made over one photograph. There is nothing to save at the end: each mark is recorded when it is finished, and
 * what is recorded is shown. When the store refuses, the drawing stays and can be recorded again.
 */
import type { BackendError } from '$shared/backend';
import type { Mark, Spot } from '$shared/generated/core';
import { END, MOST_MARKS, moved } from '$shared/marks/geometry';

export type Tool = Mark['type'];
export const TOOLS: readonly Tool[] = ['arrow', 'frame', 'text'];

/** A shorter stroke is a slip of a gloved finger, not a mark: 2 % of the picture. */
const LEAST = END / 50;
/** How far an arrow key moves a mark: 1 % of the picture. */
const STEP = END / 100;

export class Marker {
  marks = $state.raw<readonly Mark[]>([]);
  tool = $state<Tool>('arrow');
  words = $state('');
  chosen = $state<number | null>(null);
  /** The mark under the finger. */
  drawing = $state.raw<Mark | null>(null);
  failure = $state.raw<BackendError | null>(null);
  #before: (readonly Mark[])[] = $state.raw([]);
  #record: (marks: Mark[]) => Promise<BackendError | null>;
  #queue: Promise<void> = Promise.resolve();

  constructor(marks: readonly Mark[], record: (marks: Mark[]) => Promise<BackendError | null>) {
    this.marks = marks;
    this.#record = record;
  }

  get isFull(): boolean {
    return this.marks.length >= MOST_MARKS;
  }
  get canUndo(): boolean {
    return this.#before.length > 0;
  }
  /** What is drawn: the finished ones and the one under the finger. */
  get shown(): readonly Mark[] {
    return this.drawing ? [...this.marks, this.drawing] : this.marks;
  }
  get needsWords(): boolean {
    return this.tool === 'text' && this.words.trim() === '';
  }

  /** A finger goes down, where no mark is to be chosen. */
  begin(at: Spot): void {
    this.chosen = null;
    if (this.isFull || this.needsWords) return;
    this.drawing = this.tool === 'text' ? { type: 'text', at, text: this.words.trim() } : { type: this.tool, from: at, to: at };
  }

  drag(to: Spot): void {
    if (!this.drawing) return;
    this.drawing = this.drawing.type === 'text' ? { ...this.drawing, at: to } : { ...this.drawing, to };
  }

  /** The finger goes up. */
  end(): void {
    const mark = this.drawing;
    this.drawing = null;
    if (!mark || isSlip(mark)) return;
    this.#add(mark);
  }

  /** The stroke is taken over by the system, a palm for example. */
  cancel(): void {
    this.drawing = null;
  }

  /** Puts a mark in the middle, for hands that do not point. */
  put(): void {
    if (this.isFull || this.needsWords) return;
    const [middle, off] = [END / 2, END / 8];
    if (this.tool === 'text') this.#add({ type: 'text', at: { x: middle, y: middle }, text: this.words.trim() });
    else this.#add({ type: this.tool, from: { x: middle - off, y: middle - off }, to: { x: middle + off, y: middle + off } });
  }

  /** Moves the chosen mark a step, or only its end. */
  move(right: number, down: number, only: 'all' | 'end'): void {
    this.#replace((mark) => moved(mark, right * STEP, down * STEP, only));
  }

  removeChosen(): void {
    const at = this.chosen;
    if (at === null) return;
    this.chosen = null;
    this.#change(this.marks.filter((_, index) => index !== at));
  }

  undo(): void {
    const before = this.#before.at(-1);
    if (!before) return;
    this.#before = this.#before.slice(0, -1);
    this.chosen = null;
    this.#keep(before);
  }

  /** Records what is shown once more, after the store has refused. */
  retry(): Promise<void> {
    this.#keep(this.marks);
    return this.#queue;
  }

  /** Resolves when nothing waits to be recorded. */
  settled(): Promise<void> {
    return this.#queue;
  }

  #add(mark: Mark): void {
    if (mark.type === 'text') this.words = '';
    this.#change([...this.marks, mark]);
    this.chosen = this.marks.length - 1;
  }

  #replace(change: (mark: Mark) => Mark): void {
    const at = this.chosen;
    if (at !== null) this.#change(this.marks.map((mark, index) => (index === at ? change(mark) : mark)));
  }

  #change(marks: readonly Mark[]): void {
    this.#before = [...this.#before, this.marks];
    this.#keep(marks);
  }

  #keep(marks: readonly Mark[]): void {
    this.marks = marks;
    this.#queue = this.#queue.then(async () => {
      // Of many quick steps only the last one is recorded: an arrow key that is held down moves a mark once.
      if (this.marks !== marks) return;
      this.failure = await this.#record([...marks]);
    });
  }
}

function isSlip(mark: Mark): boolean {
  return mark.type !== 'text' && Math.hypot(mark.to.x - mark.from.x, mark.to.y - mark.from.y) < LEAST;
}

/**
 * What the inspection screen lists: items by key, and which of them a filter, a search and a grouping show. Written so
 * that an answer touches what it changed and nothing else: counts follow by difference, and the rows are made anew only
 * when other rows have to be shown.
 */
import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { InspectionChange, InspectionView, Item, ItemKey, ItemView, SectionView } from '$shared/generated/core';
import { Finder } from './finder.svelte';
import { same } from './merge';
import {
  buildAreaRows,
  buildRows,
  EVERYWHERE,
  indexChecklist,
  isMajor,
  isOpen,
  matchesFilter,
  nextOpen,
  sectionId,
  splitKey,
  type ChecklistIndex,
  type Filter,
  type Grouping,
  type Place,
  type Row,
} from './model';
import { addToAreas, count, countAreas, noCounts, type AreaCount, type Counts } from './tally';

const EMPTY: ChecklistIndex = { items: new Map(), sections: new Map(), sectionOf: new Map(), numbers: new Map(), areas: [] };

export class ItemListStore {
  readonly items = new SvelteMap<ItemKey, ItemView>();
  /** Progress of each section and instance, by the id of its place. */
  readonly sections = new SvelteMap<string, SectionView>();
  readonly areas = new SvelteMap<string, AreaCount>();
  readonly finder: Finder;
  order = $state.raw<readonly ItemKey[]>([]);
  places = $state.raw<readonly Place[]>([]);
  index = $state.raw<ChecklistIndex>(EMPTY);
  filter = $state<Filter>('all');
  query = $state('');
  grouping = $state<Grouping>('section');
  readonly counts: Counts = $state(noCounts());
  /** Keys that the filter shows; `null`: all. Replaced only when it shows others. */
  #shown = $state.raw<ReadonlySet<ItemKey> | null>(null);
  /** Touched since the filter was chosen: stays on screen although it no longer matches. */
  readonly #touched = new Set<ItemKey>();
  #hash: string | null = null;

  constructor(finder = new Finder()) {
    this.finder = finder;
  }

  /** Keys that the search finds; `null` while nothing is searched. */
  readonly found: ReadonlySet<ItemKey> | null = $derived.by(() => {
    void this.finder.spelled;
    const { order, index } = this;
    const matches = this.finder.match(this.query);
    if (!matches) return null;
    // A note that is being written must not make the list jump: read once, when the query changes.
    return untrack(() => new Set(order.filter((key) => this.#test(index, key, matches))));
  });

  readonly rows: readonly Row[] = $derived.by(() => {
    const { places, order, index, found } = this;
    const shown = this.#shown;
    const shows = (key: ItemKey) => (shown === null || shown.has(key)) && (found === null || found.has(key));
    if (this.grouping === 'area' && index.areas.length > 0) return buildAreaRows({ order, index, shows });
    return buildRows({ places, order, index, shows, filtered: shown !== null || found !== null });
  });

  /** Where each item's row is; under the first heading when it stands under several. */
  readonly rowOf: ReadonlyMap<ItemKey, number> = $derived.by(() => {
    const at = new Map<ItemKey, number>();
    this.rows.forEach((row, index) => {
      if (row.type === 'item' && !at.has(row.key)) at.set(row.key, index);
    });
    return at;
  });

  readonly labels: ReadonlyMap<string, string> = $derived(
    new Map(this.places.flatMap(({ instance, label }) => (instance !== null && label !== null ? [[instance, label]] : []))),
  );

  item(key: ItemKey): Item | undefined {
    return this.index.items.get(splitKey(key).item);
  }

  /** The key of an item of the checklist as seen from another one: of the same instance when it stands there. */
  keyNear(item: string, from: ItemKey): ItemKey {
    const { instance } = splitKey(from);
    const beside = `${item}@${instance ?? ''}`;
    if (instance !== null && this.items.has(beside)) return beside;
    if (this.items.has(item)) return item;
    return this.order.find((key) => splitKey(key).item === item) ?? item;
  }

  /** Takes over a whole view; what is the same keeps its objects. */
  take(view: InspectionView): void {
    if (this.#hash !== view.checklist_hash) {
      this.#hash = view.checklist_hash;
      this.index = indexChecklist(view.checklist);
      this.finder.use(this.index, view.checklist.standards);
    }
    const present = new Set(view.items.map((item) => item.key));
    for (const key of this.items.keys()) if (!present.has(key)) this.items.delete(key);
    for (const item of view.items) this.#put(item);
    this.#setOrder(view.items.map((item) => item.key));
    this.#setSections(view.sections);
    this.#recount();
  }

  /** Merges what one command changed. */
  merge(change: InspectionChange): void {
    for (const item of change.changed) {
      const before = this.items.get(item.key);
      this.#put(item);
      if (change.order === null) this.#follow(before, item);
    }
    this.#setSections(change.sections);
    if (change.order === null) return;
    this.#setOrder(change.order);
    const present = new Set(change.order);
    for (const key of this.items.keys()) if (!present.has(key)) this.items.delete(key);
    this.#recount();
  }

  show(filter: Filter): void {
    this.#touched.clear();
    this.filter = filter;
    this.#refilter();
  }

  group(grouping: Grouping): void {
    this.grouping = grouping;
    if (grouping === 'area') this.#recountAreas();
  }

  touch(key: ItemKey): void {
    this.#touched.add(key);
  }

  isMajor(key: ItemKey): boolean {
    const item = this.item(key);
    return item !== undefined && isMajor(item);
  }

  /** Whether an item still has to be answered, or answered again. */
  isOpen(key: ItemKey): boolean {
    const view = this.items.get(key);
    const item = this.item(key);
    return view !== undefined && item !== undefined && isOpen(view, item);
  }

  /** The item to go to next, in the order of the screen. */
  nextOpen(current: ItemKey | null): ItemKey | null {
    return untrack(() => nextOpen(this.#walk(), (key) => this.isOpen(key), current));
  }

  /** Visible items of a section or instance with their definitions. */
  itemsOf(place: Place): [ItemView, Item][] {
    const items = this.index.sections.get(place.section)?.items ?? [];
    return items.flatMap((item) => {
      const view = this.items.get(place.instance === null ? item.id : `${item.id}@${place.instance}`);
      return view ? [[view, item] satisfies [ItemView, Item]] : [];
    });
  }

  /** Keys as a person meets them: by area when the list is divided so and shows everything. */
  #walk(): readonly ItemKey[] {
    if (this.grouping === 'section') return this.order;
    const rows = buildAreaRows({ order: this.order, index: this.index, shows: () => true });
    return [...new Set(rows.flatMap((row) => (row.type === 'item' ? [row.key] : [])))];
  }

  #test(index: ChecklistIndex, key: ItemKey, matches: (item: Item, note: string | null) => boolean): boolean {
    const item = index.items.get(splitKey(key).item);
    return item !== undefined && matches(item, this.items.get(key)?.note ?? null);
  }

  #put(item: ItemView): void {
    if (!same(this.items.get(item.key), item)) this.items.set(item.key, item);
  }

  #setOrder(order: readonly ItemKey[]): void {
    if (!same(this.order, order)) this.order = order;
  }

  #setSections(sections: readonly SectionView[]): void {
    const places: Place[] = [];
    for (const view of sections) {
      const place = { id: sectionId(view.section, view.instance), section: view.section, instance: view.instance, label: view.label, isGroup: view.is_group };
      places.push(place);
      if (!view.is_group && !same(this.sections.get(place.id), view)) this.sections.set(place.id, view);
    }
    if (!same(this.places, places)) this.places = places;
  }

  /** Counts and filter after one item changed. */
  #follow(before: ItemView | undefined, now: ItemView): void {
    const item = this.item(now.key);
    if (!item) return;
    const counts = { ...this.counts };
    if (before) count(counts, before, item, -1);
    count(counts, now, item, 1);
    Object.assign(this.counts, counts);
    if (this.grouping === 'area') {
      if (before) addToAreas(this.areas, before, item, -1);
      addToAreas(this.areas, now, item, 1);
    }
    const shown = this.#shown;
    if (shown === null) return;
    const stays = matchesFilter(this.filter, now, item) || this.#touched.has(now.key);
    if (stays === shown.has(now.key)) return;
    const next = new Set(shown);
    if (stays) next.add(now.key);
    else next.delete(now.key);
    this.#shown = next;
  }

  #recount(): void {
    const counts = noCounts();
    for (const [view, item] of this.#visible()) count(counts, view, item, 1);
    Object.assign(this.counts, counts);
    if (this.grouping === 'area') this.#recountAreas();
    this.#refilter();
  }

  #recountAreas(): void {
    const areas = countAreas(this.#visible());
    for (const id of [EVERYWHERE, ...this.index.areas.map((area) => area.id)]) if (!areas.has(id)) this.areas.delete(id);
    for (const [id, area] of areas) if (!same(this.areas.get(id), area)) this.areas.set(id, area);
  }

  #refilter(): void {
    if (this.filter === 'all') {
      this.#shown = null;
      return;
    }
    const shown = [...this.#visible()].filter(([view, item]) => matchesFilter(this.filter, view, item) || this.#touched.has(view.key));
    this.#shown = new Set(shown.map(([view]) => view.key));
  }

  *#visible(): Generator<[ItemView, Item]> {
    for (const key of this.order) {
      const view = this.items.get(key);
      const item = this.item(key);
      if (view && item) yield [view, item];
    }
  }
}

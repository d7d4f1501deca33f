// The region tree as a flat list for a select box. Pure; a node whose parent is not visible stands at the top.

import type { RegionNode } from '$shared/generated/console';

/** Regions in tree order, their names indented by depth. */
export function regionOptions(nodes: readonly RegionNode[]): { value: string; label: string }[] {
  const known = new Set<string>(nodes.map((node) => node.id));
  const children = new Map<string, RegionNode[]>();
  for (const node of nodes) {
    const parent = node.parent !== null && known.has(node.parent) ? node.parent : '';
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const out: { value: string; label: string }[] = [];
  const seen = new Set<string>();
  const walk = (parent: string, depth: number): void => {
    for (const node of children.get(parent) ?? []) {
      if (seen.has(node.id)) continue;
      seen.add(node.id);
      out.push({ value: node.id, label: '\u2003'.repeat(depth) + node.name });
      walk(node.id, depth + 1);
    }
  };
  walk('', 0);
  return out;
}

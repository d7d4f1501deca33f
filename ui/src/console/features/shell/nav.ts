// Entries of the navigation, with the right that shows them. The server decides again at every request.

import Building from '@lucide/svelte/icons/building-2';
import ClipboardCheck from '@lucide/svelte/icons/clipboard-check';
import ClipboardList from '@lucide/svelte/icons/clipboard-list';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Server from '@lucide/svelte/icons/server';
import Tablet from '@lucide/svelte/icons/tablet';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import Users from '@lucide/svelte/icons/users';
import type { Can } from '$shared/generated/console';
import type { RouteName } from '../../router/routes';
import type { ConsoleKey } from '../../words';

/** One entry. `needs` empty: everybody. */
export interface NavEntry {
  readonly to: Exclude<RouteName, 'missing'>;
  readonly word: ConsoleKey;
  readonly icon: typeof Building;
  readonly needs: readonly Can[];
  readonly under: readonly RouteName[];
}

/** All entries in order. */
export const NAV: readonly NavEntry[] = [
  { to: 'dashboard', word: 'nav.dashboard', icon: LayoutDashboard, needs: [], under: ['dashboard'] },
  { to: 'inspections', word: 'nav.inspections', icon: ClipboardCheck, needs: [], under: ['inspections', 'inspection'] },
  { to: 'findings', word: 'nav.findings', icon: TriangleAlert, needs: [], under: ['findings', 'finding'] },
  { to: 'sites', word: 'nav.sites', icon: Building, needs: [], under: ['sites', 'site'] },
  { to: 'assignments', word: 'nav.assignments', icon: ClipboardList, needs: [], under: ['assignments'] },
  { to: 'checklists', word: 'nav.checklists', icon: ListChecks, needs: [], under: ['checklists', 'checklist', 'checklist_draft', 'checklist_preview'] },
  { to: 'people', word: 'nav.people', icon: Users, needs: ['manage_people', 'enrol', 'assign'], under: ['people'] },
  { to: 'devices', word: 'nav.devices', icon: Tablet, needs: ['enrol', 'revoke', 'see_system'], under: ['devices'] },
  { to: 'system', word: 'nav.system', icon: Server, needs: ['see_system'], under: ['system'] },
];

/** Whether somebody with these rights sees an entry. */
export function visible(needs: readonly Can[], can: readonly Can[]): boolean {
  return needs.length === 0 || needs.some((need) => can.includes(need));
}

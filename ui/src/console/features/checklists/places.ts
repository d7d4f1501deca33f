// The choice of where a version is in use. Pure.

import type { ChecklistPlaces, ChecklistTargetRequest, Named } from '$shared/generated/console';
import type { RegionId, SiteId } from '$shared/generated/core';

/** What is chosen so far. */
export interface PlaceChoice {
  readonly everywhere: boolean;
  readonly regions: readonly string[];
  readonly sites: readonly Named[];
}

/** The choice that stands for what is in use now. */
export function choiceOf(places: ChecklistPlaces | null): PlaceChoice {
  if (places === null) return { everywhere: true, regions: [], sites: [] };
  return { everywhere: false, regions: places.regions.map((region) => region.id), sites: places.sites };
}

/** Whether something is chosen. */
export function isComplete(choice: PlaceChoice): boolean {
  return choice.everywhere || choice.regions.length > 0 || choice.sites.length > 0;
}

/** What the server is asked for. */
export function targetOf(choice: PlaceChoice): ChecklistTargetRequest | null {
  if (choice.everywhere) return null;
  return { regions: choice.regions.map((id) => id as RegionId), sites: choice.sites.map((site) => site.id as SiteId) };
}

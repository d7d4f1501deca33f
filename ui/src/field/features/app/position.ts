/** One position fix with a time limit: no tracking, the receiver is off again afterwards. */
import type { Position } from '$shared/generated/core';

export type PositionFailure = 'unsupported' | 'denied' | 'unavailable' | 'timeout';

const LIMIT_MS = 20_000;

/** A fix in the record's units: 1e-7 degrees and decimetres. */
export function toPosition(latitude: number, longitude: number, accuracyMetres: number, at: number): Position {
  return {
    lat_e7: Math.round(latitude * 1e7),
    lon_e7: Math.round(longitude * 1e7),
    accuracy_dm: Number.isFinite(accuracyMetres) ? Math.round(accuracyMetres * 10) : null,
    at: Math.round(at),
  };
}

export function fixPosition(): Promise<{ position: Position } | { failure: PositionFailure }> {
  if (!navigator.geolocation) return Promise.resolve({ failure: 'unsupported' });
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => resolve({ position: toPosition(coords.latitude, coords.longitude, coords.accuracy, timestamp) }),
      (error) => resolve({ failure: error.code === 1 ? 'denied' : error.code === 3 ? 'timeout' : 'unavailable' }),
      { enableHighAccuracy: true, timeout: LIMIT_MS, maximumAge: 0 },
    );
  });
}

/** Degrees with five digits: about a metre. */
export function describePosition(position: Position): string {
  return `${(position.lat_e7 / 1e7).toFixed(5)}, ${(position.lon_e7 / 1e7).toFixed(5)}`;
}

/** A slice of time is what a budget is valid for: nothing of it can be used in another one. */
export const SLICE_MS = 250;
const SECOND_MS = 1000;

/** Number of the slice in which this time lies; times are in milliseconds since the epoch. */
export const sliceAt = (time: number): number => Math.floor(time / SLICE_MS);
export const startOf = (slice: number): number => slice * SLICE_MS;

/** Calls that a rate allows within `ms` milliseconds. */
export const callsIn = (perSecond: number, ms: number): number => (perSecond * ms) / SECOND_MS;

/** The reserve is counted by the second: a slice alone would be too short for what arrives by chance. */
export const PERIOD_SLICES = SECOND_MS / SLICE_MS;
export const periodOf = (slice: number): number => Math.floor(slice / PERIOD_SLICES);

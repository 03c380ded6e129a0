/** Local times on the platform are those of China, UTC+8. */
const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** `2018-08-31T07:32:28.195Z` */
export function utcTime(ms: number): string {
	return new Date(ms).toISOString();
}

/** `2018-08-31 15:32:28.195`, China time. */
export function localTime(ms: number): string {
	return new Date(ms + CHINA_OFFSET_MS).toISOString().replace("T", " ").slice(0, -1);
}

/** `2018-08-31 15:32:28`, China time. */
export function localSeconds(ms: number): string {
	return localTime(ms).slice(0, -4);
}

import { ABBREVIATIONS } from "./abbreviations.ts";

/** A moment at which a zone's offset changes. */
export interface Transition {
	/** The first millisecond (since the epoch) of the new offset. */
	readonly at: number;
	/** Milliseconds east of UTC, before and from then on. */
	readonly before: number;
	readonly after: number;
}

export const DAY_MS = 86_400_000;
/** Transitions are looked for and remembered in blocks of this length. */
const BLOCK_MS = 64 * DAY_MS;
/** 350 years of one zone; a schedule looks a few years ahead. */
const MAX_BLOCKS = 2_000;
/** Twice the most that a zone has ever moved its clocks by (Samoa and Kwajalein each left out a day). */
const LONGEST_EFFECT_MS = 2 * DAY_MS;

/** An IANA time zone, with the offsets that the runtime's copy of the tz database gives. */
export class Zone {
	readonly #format: Intl.DateTimeFormat;
	readonly #blocks = new Map<number, readonly Transition[]>();

	/** @throws RangeError if there is no such zone. */
	constructor(name: string) {
		this.#format = new Intl.DateTimeFormat("en-US", {
			timeZone: name,
			calendar: "gregory",
			hourCycle: "h23",
			year: "numeric",
			month: "numeric",
			day: "numeric",
			hour: "numeric",
			minute: "numeric",
			second: "numeric",
		});
	}

	/** Milliseconds east of UTC at an instant. */
	offsetAt(instant: number): number {
		const second = Math.floor(instant / 1000) * 1000;
		const field: Record<string, number> = {};
		for (const { type, value } of this.#format.formatToParts(second)) field[type] = Number(value);
		const { year = 0, month = 1, day, hour, minute, second: seconds } = field;
		return Date.UTC(year, month - 1, day, hour, minute, seconds) - second;
	}

	/** The first transition after `from` and not after `until`. */
	next(from: number, until: number): Transition | undefined {
		for (let block = Math.floor(from / BLOCK_MS); block * BLOCK_MS <= until; block++) {
			for (const transition of this.#transitions(block)) {
				if (transition.at > until) return undefined;
				if (transition.at > from) return transition;
			}
		}
		return undefined;
	}

	/** The last transition at `until` or before, unless it is longer ago than any change of a clock. */
	latest(until: number): Transition | undefined {
		let found: Transition | undefined;
		for (let from = until - LONGEST_EFFECT_MS; ; ) {
			const transition = this.next(from, until);
			if (!transition) return found;
			found = transition;
			from = transition.at;
		}
	}

	#transitions(block: number): readonly Transition[] {
		const known = this.#blocks.get(block);
		if (known) return known;
		const found: Transition[] = [];
		const end = (block + 1) * BLOCK_MS;
		let before = this.offsetAt(block * BLOCK_MS);
		// Day by day: no zone has changed its offset twice within one.
		for (let day = block * BLOCK_MS; day < end; day += DAY_MS) {
			const after = this.offsetAt(day + DAY_MS);
			if (after !== before) found.push({ at: this.#bisect(day, day + DAY_MS), before, after });
			before = after;
		}
		if (this.#blocks.size >= MAX_BLOCKS) this.#blocks.clear();
		this.#blocks.set(block, found);
		return found;
	}

	/** The first second between the two whose offset is that of `high`. */
	#bisect(low: number, high: number): number {
		const target = this.offsetAt(high);
		let from = low / 1000;
		let to = high / 1000;
		while (to - from > 1) {
			const middle = Math.floor((from + to) / 2);
			if (this.offsetAt(middle * 1000) === target) to = middle;
			else from = middle;
		}
		return to * 1000;
	}
}

/** Names as the tz database writes them; offsets such as +08:00 are no zones, since they know no summer time. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;
/** There are some 600 zones; their data is costly to load and cheap to keep. */
const zones = new Map<string, Zone>();

/** @returns undefined if there is no zone of that name. */
export function findZone(name: string): Zone | undefined {
	const known = zones.get(name);
	if (known) return known;
	if (!ZONE_NAME.test(name) || name.startsWith("SystemV/")) return undefined;
	if (Object.hasOwn(ABBREVIATIONS, name.toUpperCase())) return undefined;
	try {
		const zone = new Zone(name);
		zones.set(name, zone);
		return zone;
	} catch {
		return undefined;
	}
}

const pad = (value: number) => String(value).padStart(2, "0");

/** `2026-03-29T03:00:00+02:00`: an instant as a zone's clocks show it. */
export function localText(instant: number, offsetMs: number): string {
	const wall = new Date(instant + offsetMs).toISOString().slice(0, 19);
	const minutes = Math.round(Math.abs(offsetMs) / 60_000);
	return `${wall}${offsetMs < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

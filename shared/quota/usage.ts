import { LANES, type Lane } from "../command/command.ts";

export interface LaneUsage {
	/** Calls that could be made. */
	readonly granted: number;
	/** Calls that were made. */
	readonly used: number;
	/** Calls of these that were refused as too many. */
	readonly throttled: number;
}

/** One instance's calls in a few seconds. */
export interface UsagePart extends Readonly<Record<Lane, LaneUsage>> {
	/** Number of the part since the epoch. */
	readonly part: number;
}

const PART_MS = 5_000;
const MINUTE_PARTS = 60_000 / PART_MS;

type Counting = { part: number } & Record<Lane, { -readonly [K in keyof LaneUsage]: number }>;

/** What one instance did in the last minute. */
export class Usage {
	#parts: Counting[] = [];

	count(now: number, lane: Lane, what: keyof LaneUsage): void {
		const part = Math.floor(now / PART_MS);
		let last = this.#parts.at(-1);
		if (last?.part !== part) {
			last = { part, interactive: none(), bulk: none() };
			this.#parts = [...this.#parts.slice(1 - MINUTE_PARTS), last];
		}
		last[lane][what]++;
	}

	/** A copy for the others to read. */
	parts(): UsagePart[] {
		return this.#parts.map((part) => structuredClone(part));
	}
}

/** All instances' calls in the minute before `now`. */
export function lastMinute(parts: readonly UsagePart[], now: number): Record<Lane, LaneUsage> {
	const oldest = Math.floor(now / PART_MS) - MINUTE_PARTS;
	const sum = { interactive: none(), bulk: none() };
	for (const part of parts) {
		if (part.part <= oldest) continue;
		for (const lane of LANES) {
			sum[lane].granted += part[lane].granted;
			sum[lane].used += part[lane].used;
			sum[lane].throttled += part[lane].throttled;
		}
	}
	return sum;
}

const none = () => ({ granted: 0, used: 0, throttled: 0 });

/** Arbitrary inputs through every door, and what is accepted to its end. */
import fc from "fast-check";
import { readCursor } from "../../functions/http/list.ts";
import { Problem } from "../../functions/http/problem.ts";
import { cronTimes } from "../../shared/schedule/cron.ts";
import { parseWhen } from "../../shared/schedule/when.ts";
import { anyJson, anyText } from "../../test/support/fuzz/any-json.ts";
import { anyBody } from "../../test/support/fuzz/bodies.ts";
import { DOORS, throughDoor } from "../../test/support/fuzz/through-doors.ts";
import type { Report } from "../report.ts";

const INPUTS = 100_000;
const QUICK_INPUTS = 3_000;
const LOT = 50;
const SEED = 20_261_124;

interface Fuzzed {
	readonly inputs: number;
	accepted: number;
	broken: string[];
	slowestMs: number;
}

const cronText = fc.oneof(
	anyText,
	fc.stringMatching(/^[0-9*/,\-?LW#]{1,8}( [0-9*/,\-?LW#]{1,8}){4,5}$/),
	fc.stringMatching(/^@[a-z]{1,8}$/),
);

/** Doors of one value each: whatever they throw must be a refusal of theirs. */
const SINGLE: Readonly<
	Record<string, { arbitrary: fc.Arbitrary<string>; take(text: string): boolean }>
> = {
	cursors: {
		arbitrary: fc.oneof(anyText, fc.base64String()),
		take(text) {
			try {
				readCursor(text, () => false);
				return true;
			} catch (error) {
				if (error instanceof Problem) return false;
				throw error;
			}
		},
	},
	cron: {
		arbitrary: cronText,
		take(cron) {
			const parsed = parseWhen({ cron, timeZone: "Europe/Berlin" });
			if (parsed.ok) cronTimes(cron).next(0);
			return parsed.ok;
		},
	},
};

export async function fuzz({ quick }: { quick: boolean }): Promise<Report> {
	const inputs = quick ? QUICK_INPUTS : INPUTS;
	const rows: Array<[string, Fuzzed]> = [];
	for (const door of Object.keys(DOORS)) rows.push([door, await throughLots(door, inputs)]);
	for (const name of Object.keys(SINGLE)) rows.push([name, single(name, inputs)]);
	return {
		title: `${inputs} inputs a door`,
		columns: ["door", "inputs", "taken", "5xx, lost or wrong", "slowest, ms"],
		rows: rows.map(([name, found]) => [
			name,
			String(found.inputs),
			String(found.accepted),
			String(found.broken.length),
			found.slowestMs.toFixed(1),
		]),
		note: `Slowest: of a door with one value each, that value; of the others a lot of ${LOT} in a virtual cloud of its own, from its start to the last redrive, divided by ${LOT}.${rows.flatMap(([, { broken }]) => broken.slice(0, 3).map((line) => ` ${line}`)).join("")}`,
	};
}

async function throughLots(door: string, inputs: number): Promise<Fuzzed> {
	const arbitrary = ["replies", "reports of devices"].includes(door) ? anyJson : anyBody;
	const found: Fuzzed = { inputs, accepted: 0, broken: [], slowestMs: 0 };
	for (let lot = 0; lot * LOT < inputs; lot++) {
		const texts = fc.sample(arbitrary, { numRuns: LOT, seed: SEED + lot });
		const startedAt = performance.now();
		try {
			found.accepted += (await throughDoor(door, texts)).accepted;
		} catch (error) {
			found.broken.push(`${door}, lot ${lot}: ${(error as Error).message.slice(0, 200)}`);
		}
		found.slowestMs = Math.max(found.slowestMs, (performance.now() - startedAt) / LOT);
	}
	return found;
}

function single(name: string, inputs: number): Fuzzed {
	const found: Fuzzed = { inputs, accepted: 0, broken: [], slowestMs: 0 };
	const door = SINGLE[name];
	if (!door) return found;
	for (const text of fc.sample(door.arbitrary, { numRuns: inputs, seed: SEED })) {
		const startedAt = performance.now();
		try {
			if (door.take(text)) found.accepted++;
		} catch (error) {
			found.broken.push(`${name} ${JSON.stringify(text)}: ${(error as Error).message}`);
		}
		found.slowestMs = Math.max(found.slowestMs, performance.now() - startedAt);
	}
	return found;
}

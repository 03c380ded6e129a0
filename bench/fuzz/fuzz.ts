/** Arbitrary inputs through every door, and what is accepted to its end. */
import fc from "fast-check";
import { anyJson } from "../../test/support/fuzz/any-json.ts";
import { anyBody } from "../../test/support/fuzz/bodies.ts";
import { DOORS, isOfDevices, throughDoor } from "../../test/support/fuzz/through-doors.ts";
import { type ValueDoor, valueDoors } from "../../test/support/fuzz/values.ts";
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

/** The virtual clouds replace what other clocks go by. */
const realMs = () => Number(process.hrtime.bigint()) / 1e6;

export async function fuzz({ quick }: { quick: boolean }): Promise<Report> {
	const inputs = quick ? QUICK_INPUTS : INPUTS;
	const rows: Array<[string, Fuzzed]> = [];
	for (const door of Object.keys(DOORS)) rows.push([door, await throughLots(door, inputs)]);
	for (const [name, door] of Object.entries(valueDoors(SEED))) {
		rows.push([name, await oneByOne(name, door, inputs)]);
	}
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
	const arbitrary = isOfDevices(door) ? anyJson : anyBody;
	const found: Fuzzed = { inputs, accepted: 0, broken: [], slowestMs: 0 };
	for (let lot = 0; lot * LOT < inputs; lot++) {
		const texts = fc.sample(arbitrary, { numRuns: LOT, seed: SEED + lot });
		const startedAt = realMs();
		try {
			found.accepted += (await throughDoor(door, texts)).accepted;
		} catch (error) {
			found.broken.push(`${door}, lot ${lot}: ${(error as Error).message.slice(0, 200)}`);
		}
		found.slowestMs = Math.max(found.slowestMs, (realMs() - startedAt) / LOT);
	}
	return found;
}

async function oneByOne(name: string, door: ValueDoor, inputs: number): Promise<Fuzzed> {
	const found: Fuzzed = { inputs, accepted: 0, broken: [], slowestMs: 0 };
	for (const text of fc.sample(door.arbitrary, { numRuns: inputs, seed: SEED })) {
		const startedAt = realMs();
		try {
			if (await door.take(text)) found.accepted++;
		} catch (error) {
			found.broken.push(`${name} ${JSON.stringify(text)}: ${(error as Error).message}`);
		}
		found.slowestMs = Math.max(found.slowestMs, realMs() - startedAt);
	}
	return found;
}

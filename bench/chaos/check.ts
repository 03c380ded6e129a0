import { setTimeout as pause } from "node:timers/promises";
import type { Endpoints } from "../../local/index.ts";
import type { ChaosDevice } from "./chaos-device.ts";
import type { Intent } from "./doors.ts";

interface Shown {
	readonly id: string;
	readonly state: string;
	readonly terminal: boolean;
	readonly createdAt: string;
	readonly updatedAt: string;
	readonly args: { readonly name?: string };
	readonly attempts: readonly unknown[];
	readonly attemptsOmitted?: number;
	readonly error?: { readonly code: string };
}

export interface Findings {
	readonly commands: number;
	readonly states: Readonly<Record<string, number>>;
	readonly unknown: number;
	/** Of those that are unknown, how many a device has. */
	readonly unknownReached: number;
	/** Each a sentence that names its mark. */
	readonly lost: readonly string[];
	readonly duplicates: readonly string[];
	readonly wrong: readonly string[];
	readonly endless: readonly string[];
}

/** Five minutes on a machine that is busy with other things. */
const MAX_ASKED = 300;
/** States that say that the device does not have the command. */
const NOT_SENT = new Set(["expired", "canceled", "failed"]);

/** What thingcast says, held against what the devices themselves have noted. */
export function check(
	intents: readonly Intent[],
	commands: readonly Shown[],
	devices: readonly ChaosDevice[],
): Findings {
	const received = new Map(devices.flatMap((device) => [...device.received]));
	const byMark = new Map<string, Shown[]>();
	for (const command of commands) {
		const mark = command.args.name ?? "";
		byMark.set(mark, [...(byMark.get(mark) ?? []), command]);
	}
	const findings = { lost: [], duplicates: [], wrong: [], endless: [] } as Record<
		"lost" | "duplicates" | "wrong" | "endless",
		string[]
	>;
	for (const { mark, door, acknowledged } of intents) {
		const found = byMark.get(mark) ?? [];
		const times = received.get(mark) ?? 0;
		const about = `${mark} (${door}): ${found.map(describe).join(", ") || "no command"}, received ${times} times`;
		if (acknowledged && found.length === 0) findings.lost.push(about);
		if (found.length > 1) findings.duplicates.push(about);
		const attempts = found.reduce(
			(sum, one) => sum + one.attempts.length + (one.attemptsOmitted ?? 0),
			0,
		);
		if (times > Math.max(1, attempts)) findings.duplicates.push(about);
		for (const { state, terminal } of found) {
			if (!terminal) findings.endless.push(about);
			if (state === "succeeded" && times === 0) findings.wrong.push(about);
			if (NOT_SENT.has(state) && times > 0) findings.wrong.push(about);
		}
	}
	const states: Record<string, number> = {};
	for (const { state, error } of commands) {
		const shown = state === "unknown" ? `unknown ${error?.code}` : state;
		states[shown] = (states[shown] ?? 0) + 1;
	}
	const unknown = commands.filter(({ state }) => state === "unknown");
	const unknownReached = unknown.filter(({ args }) => received.has(args.name ?? "")).length;
	return {
		commands: commands.length,
		states,
		unknown: unknown.length,
		unknownReached,
		...findings,
	};
}

const describe = ({ id, state, attempts, error }: Shown): string =>
	`${id} ${state} after ${attempts.length} attempts${error ? ` (${error.code})` : ""}`;

/** Every command that thingcast lists. */
export async function listAll({ http, apiKey }: Endpoints): Promise<Shown[]> {
	const headers = { authorization: `Bearer ${apiKey}` };
	const all: Shown[] = [];
	for (let cursor: string | null = ""; cursor !== null; ) {
		const query: string = `limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
		const page = (await answered(`${http}/v1/commands?${query}`, headers)) as {
			commands: Shown[];
			cursor: string | null;
		};
		all.push(...page.commands);
		cursor = page.cursor;
	}
	return all;
}

/** Asks again while there is no answer for now: an instance may be starting. */
async function answered(url: string, headers: Record<string, string>): Promise<unknown> {
	for (let asked = 1; ; asked++) {
		const response = await fetch(url, { headers });
		if (response.ok) return response.json();
		if (response.status < 500 || asked === MAX_ASKED) {
			throw new Error(`the list answers ${response.status}: ${await response.text()}`);
		}
		await pause(1_000);
	}
}

import type { EventSource } from "../reaction.ts";

/** Of every event (see `eventDocument`). */
const ALWAYS = "id source productKey deviceName iotId identifier time body";

/** The message's own fields, as IoT Platform documents them; all others are below `body`. */
const OF_SOURCE: Readonly<Record<Exclude<EventSource, "message">, string>> = {
	event: "value name type gmtCreate",
	property: "value previous items gmtCreate",
	status: "status lastTime utcTime utcLastTime clientIp",
	reply: "code message data requestId topic gmtCreate",
};

/** What an expression may name. */
export interface Names {
	has(name: string): boolean;
	/** As the error for an unknown one ends. */
	readonly known: string;
}

const ANY: Names = { has: () => true, known: "" };

const named = ([source, names]: readonly [string, string]) => {
	const all = `${ALWAYS} ${names}`.split(" ");
	const set = new Set(all);
	const known = `an event of the source ${source} has ${all.join(", ")}; any other field of the message is body.…`;
	return [source, { has: (name: string) => set.has(name), known }] as const;
};

const NAMES: ReadonlyMap<string, Names> = new Map(Object.entries(OF_SOURCE).map(named));

/** A message from a queue holds whatever its sender has written: there, no name is wrong. */
export const namesOf = (source: EventSource | undefined): Names =>
	(source !== undefined && NAMES.get(source)) || ANY;

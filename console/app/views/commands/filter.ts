import type { CommandFilter, State } from "../../../../client/src/index.ts";
import { STATES, words } from "../../parts/words.ts";

type Query = Readonly<Record<string, string>>;

/** What the API filters by, beside state and time. */
export const FIELDS = [
	{ name: "productKey", label: "Product" },
	{ name: "deviceName", label: "Device" },
	{ name: "service", label: "Service" },
	{ name: "code", label: "Error code" },
	{ name: "source", label: "Source" },
	{ name: "schedule", label: "Schedule" },
	{ name: "job", label: "Job" },
	{ name: "iotId", label: "IotId" },
] as const;

export const SOURCES = [
	"http",
	"timer",
	"queue",
	"schedule",
	"reaction",
	"redrive",
	"job",
] as const;

export const AGES = [
	["15m", "last 15 minutes"],
	["1h", "last hour"],
	["1d", "last day"],
	["7d", "last 7 days"],
	["all", "any time"],
] as const;
const USUAL_AGE = "1d";

export const sinceOf = (query: Query): string => query["since"] ?? USUAL_AGE;

export const statesOf = (query: Query): readonly State[] =>
	STATES.filter((state) => (query["state"] ?? "").split(",").includes(state));

/** The filter that an address names. */
export function filterOf(query: Query): CommandFilter {
	const since = sinceOf(query);
	const state = statesOf(query);
	const fields = FIELDS.map(({ name }) => [name, query[name]?.trim()] as const);
	return Object.fromEntries(
		[
			["state", state.length > 0 ? state : undefined],
			["since", since === "all" ? undefined : since],
			["until", query["until"]],
			...fields,
		].filter(([, value]) => value !== undefined && value !== ""),
	);
}

const UNITS_MS: Readonly<Record<string, number>> = {
	s: 1_000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};

/** Ages as times: what was counted is what is then done, though time goes on. */
export function fixed(filter: CommandFilter, now: number): CommandFilter {
	const [, digits, unit = ""] = /^(\d+)([smhd])$/.exec(filter.since ?? "") ?? [];
	const since = digits
		? new Date(now - Number(digits) * (UNITS_MS[unit] ?? 0)).toISOString()
		: filter.since;
	return {
		...filter,
		...(since ? { since } : {}),
		until: filter.until ?? new Date(now).toISOString(),
	};
}

/** `failed or unknown, last hour, service Set` */
export function filterWords(filter: CommandFilter): string {
	const { state, since, until: _, ...fields } = filter;
	const age = AGES.find(([name]) => name === since)?.[1];
	return [
		state === undefined ? "any state" : [state].flat().map(words).join(" or "),
		since === undefined ? "any time" : (age ?? `since ${since}`),
		...Object.entries(fields).map(([name, value]) => {
			const label = FIELDS.find((field) => field.name === name)?.label.toLowerCase() ?? name;
			return `${label} ${value}`;
		}),
	].join(", ");
}

/** Whether a command that the stream tells of belongs into the list of this state. */
export const inStates = (filter: CommandFilter, state: State): boolean =>
	filter.state === undefined || [filter.state].flat().includes(state);

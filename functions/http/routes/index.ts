import type { Route } from "../route.ts";

/** Routes whose paths begin alike, and what they need. */
export interface Family {
	/** How their paths begin. */
	readonly under: readonly string[];
	readonly load: () => Promise<readonly Route[]>;
}

const families: readonly Family[] = [
	{ under: ["/v1/commands"], load: async () => (await import("./commands.ts")).commandRoutes },
	{
		under: ["/v1/commands/counts"],
		load: async () => (await import("./command-counts.ts")).commandCountRoutes,
	},
	{
		under: ["/v1/operations"],
		load: async () => (await import("./operations.ts")).operationRoutes,
	},
	{
		under: ["/v1/dead-letters"],
		load: async () => (await import("./dead-letters.ts")).deadLetterRoutes,
	},
	{ under: ["/v1/schedules"], load: async () => (await import("./schedules.ts")).scheduleRoutes },
	{ under: ["/v1/reactions"], load: async () => (await import("./reactions.ts")).reactionRoutes },
	{ under: ["/v1/jobs"], load: async () => (await import("./jobs.ts")).jobRoutes },
	{ under: ["/v1/devices"], load: async () => (await import("./devices.ts")).deviceRoutes },
	{ under: ["/v1/quota"], load: async () => (await import("./quota.ts")).quotaRoutes },
	{ under: ["/v1/keys"], load: async () => (await import("./keys.ts")).keyRoutes },
	{ under: ["/v1/audit"], load: async () => (await import("./audit.ts")).auditRoutes },
	{
		under: ["/healthz", "/openapi.json"],
		load: async () => (await import("./service.ts")).serviceRoutes,
	},
	{ under: ["/console"], load: async () => (await import("./console.ts")).consoleRoutes },
];

/** A module that is there need not be asked for again: with a loader between, that takes time. */
function once({ under, load }: Family): Family {
	let loading: ReturnType<typeof load> | undefined;
	return {
		under,
		load: () => {
			loading ??= load();
			return loading;
		},
	};
}

/**
 * Every route of the API: what it serves, its document and the table of docs/api.md are
 * made from this list. A family is loaded when a path of it is first asked for,
 * so that a new instance does not load all of them before its first answer.
 */
export const FAMILIES: readonly Family[] = families.map(once);

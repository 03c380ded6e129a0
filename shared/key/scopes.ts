const AREAS = ["commands", "schedules", "reactions", "jobs", "devices"] as const;

/** What a key may do; `admin` is everything, keys and the audit included. */
export const SCOPES = [
	...AREAS.flatMap((area) => [`${area}:read`, `${area}:write`] as const),
	"admin",
] as const;

export type Scope = (typeof SCOPES)[number];

/** `write` does not include `read`: a key that only sends can find out nothing. */
export const allowsScope = (scopes: readonly Scope[], wanted: Scope): boolean =>
	scopes.includes("admin") || scopes.includes(wanted);

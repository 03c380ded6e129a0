import type { Route } from "./route.ts";
import type { Family } from "./routes/index.ts";

/** What a path means: the routes that it has, by method, and its parameters. */
export interface Found {
	readonly routes: readonly Route[];
	readonly params: Readonly<Record<string, string>>;
}

/** @returns what finds the routes of a path, and loads the families that it may belong to. */
export function finder(families: readonly Family[]): (path: string) => Promise<Found | undefined> {
	const loaded = new Map<Family, Promise<readonly Route[]>>();
	const load = (family: Family) => {
		const routes = loaded.get(family) ?? family.load();
		loaded.set(family, routes);
		return routes;
	};
	return async (path) => {
		const near = families.filter(({ under }) => under.some((begin) => isUnder(path, begin)));
		const routes = (await Promise.all(near.map(load))).flat();
		// "{" sorts behind every letter: a path without parameters comes before one that would match it, too.
		for (const template of [...new Set(routes.map((route) => route.path))].sort()) {
			const params = match(template, path);
			if (params) return { routes: routes.filter((route) => route.path === template), params };
		}
		return undefined;
	};
}

const isUnder = (path: string, begin: string): boolean =>
	path === begin || path.startsWith(`${begin}/`);

/** @returns the parameters, or undefined for a path that the template does not mean. */
function match(template: string, path: string): Record<string, string> | undefined {
	const parts = path.split("/");
	const names = template.split("/");
	if (parts.length !== names.length) return undefined;
	const params: Record<string, string> = {};
	for (const [index, part] of parts.entries()) {
		const name = /^\{(\w+)\}$/.exec(names[index] ?? "")?.[1];
		if (name === undefined ? part !== names[index] : part === "") return undefined;
		if (name !== undefined) params[name] = decoded(part);
	}
	return params;
}

/** As it is, where it is no encoding of anything. */
function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

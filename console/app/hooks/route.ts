import { useEffect, useState } from "preact/hooks";

type Query = Readonly<Record<string, string>>;

/** Where the person is: what follows # in the address, such as `/commands?state=failed`. */
export interface Route {
	readonly path: readonly string[];
	readonly query: Query;
}

function readRoute(hash: string): Route {
	const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?");
	return {
		path: path.split("/").filter(Boolean).map(decodeURIComponent),
		query: Object.fromEntries(new URLSearchParams(query)),
	};
}

/** Leaves out what is empty. */
export function hrefOf(
	path: readonly string[],
	query: Readonly<Record<string, string | undefined>> = {},
): string {
	const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
	const search = new URLSearchParams(given).toString();
	return `#/${path.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

export function go(href: string): void {
	location.hash = href;
}

/** Without a step in the browser's history. */
export function replace(href: string): void {
	history.replaceState(null, "", href);
	dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute(): Route {
	const [hash, setHash] = useState(location.hash);
	useEffect(() => {
		const changed = () => setHash(location.hash);
		addEventListener("hashchange", changed);
		return () => removeEventListener("hashchange", changed);
	}, []);
	return readRoute(hash);
}

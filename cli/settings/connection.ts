import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Io } from "../io.ts";
import { UsageError } from "../problems.ts";
import { type Profile, profilesFile, readProfiles } from "./profiles.ts";

export interface Connection extends Profile {
	/** Where url and key come from, for errors. */
	readonly from: string;
}

/** The local cloud's own list of addresses, in the folder in which it was started. */
const LOCAL_ENDPOINTS = join(".local", "endpoints.json");
const LOCAL = "local";
const DEFAULT = "default";

/**
 * `--profile`, else THINGCAST_URL and THINGCAST_KEY, else THINGCAST_PROFILE,
 * else the profile `default`. @throws UsageError
 */
export function findConnection(io: Pick<Io, "env" | "home">, profile?: string): Connection {
	const { env } = io;
	if (profile === undefined) {
		const found = fromEnvironment(env);
		if (found) return found;
	}
	const name = profile ?? (env["THINGCAST_PROFILE"] || DEFAULT);
	const profiles = readProfiles(io);
	const found = profiles[name];
	if (found) return { ...checked(found, `profile ${name}`), from: `profile ${name}` };
	if (name === LOCAL) return localCloud();
	if (profile === undefined && !env["THINGCAST_PROFILE"]) {
		throw new UsageError(
			"nobody has said which API to use",
			"set THINGCAST_URL and THINGCAST_KEY, or keep them with `thingcast profile set default --url …`; for a local cloud that runs here: --profile local",
		);
	}
	const names = Object.keys(profiles).join(", ") || "none";
	throw new UsageError(
		`there is no profile ${name} in ${profilesFile(io)} (there are: ${names})`,
		`thingcast profile set ${name} --url …`,
	);
}

function fromEnvironment(env: Io["env"]): Connection | undefined {
	const url = env["THINGCAST_URL"];
	const key = env["THINGCAST_KEY"];
	if (!url && !key) return undefined;
	if (!url || !key) {
		const missing = url ? "THINGCAST_KEY" : "THINGCAST_URL";
		throw new UsageError(`${missing} is not set, the other one is`, "set both, or use --profile");
	}
	return { ...checked({ url, key }, "THINGCAST_URL"), from: "THINGCAST_URL and THINGCAST_KEY" };
}

function checked({ url, key }: Profile, where: string): Profile {
	const advice = "it looks like https://example.com, without /v1 at its end";
	let parsed: URL;
	try {
		parsed = new URL(url);
	} catch {
		throw new UsageError(`${where}: "${url}" is not a URL`, advice);
	}
	if (!/^https?:$/.test(parsed.protocol)) throw new UsageError(`${where}: "${url}"`, advice);
	return { url: url.replace(/\/(v1\/?)?$/, ""), key };
}

interface LocalEndpoints {
	readonly http: string;
	readonly apiKey: string;
	readonly tablestore: string;
	readonly mns: string;
	readonly accountId: string;
	readonly instance: string;
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
}

/** @throws UsageError where none was started in this folder. */
export function localEndpoints(): LocalEndpoints {
	try {
		return JSON.parse(readFileSync(LOCAL_ENDPOINTS, "utf8")) as LocalEndpoints;
	} catch {
		throw new UsageError(
			`there is no ${LOCAL_ENDPOINTS} in this folder`,
			"start a local cloud here with `npm start`, or set THINGCAST_URL and THINGCAST_KEY",
		);
	}
}

function localCloud(): Connection {
	const { http, apiKey } = localEndpoints();
	return { url: http, key: apiKey, from: LOCAL_ENDPOINTS };
}

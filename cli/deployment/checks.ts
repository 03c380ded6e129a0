import { createClient, type ThingcastError } from "../../client/src/index.ts";
import type { Io } from "../io.ts";
import { findConnection } from "../settings/connection.ts";
import { deploymentEnvironment, type Environment, isLocal } from "./environment.ts";
import { type Item, planOf } from "./part.ts";
import { openParts } from "./parts.ts";

export interface Check {
	readonly check: string;
	/** `skipped`: it could not be looked at, and nothing says that it is wrong. */
	readonly state: "ok" | "wrong" | "skipped";
	readonly detail: string;
	readonly advice?: string;
}

const MIN_NODE_MAJOR = 20;
const MIN_API_KEY_LENGTH = 16;

/** Where a part cannot be looked at. */
const ADVICE: Readonly<Record<string, string>> = {
	table:
		"check endpoint, instance, keys, and the instance's network access (Tablestore console, Network Management)",
	"device messages": "check the product key, and IOT_INSTANCE_ID for an Enterprise instance",
};

/** Looks at everything that a deployment stands on; writes nothing. */
export async function* checkAll(
	io: Io,
	profile: string | undefined,
	products: readonly string[],
): AsyncGenerator<Check> {
	yield checkNode();
	yield* checkApi(io, profile);
	const environment = deploymentEnvironment(io, profile);
	yield* checkSettings(environment);
	yield* checkParts(environment, products);
}

function checkNode(): Check {
	const version = process.versions.node;
	return Number.parseInt(version, 10) >= MIN_NODE_MAJOR
		? { check: "Node.js", state: "ok", detail: version }
		: {
				check: "Node.js",
				state: "wrong",
				detail: `${version} is too old`,
				advice: `install ${MIN_NODE_MAJOR} or newer`,
			};
}

async function* checkApi(io: Io, profile: string | undefined): AsyncGenerator<Check> {
	let connection: ReturnType<typeof findConnection>;
	try {
		connection = findConnection(io, profile);
	} catch (error) {
		const { message, advice = "" } = error as Error & { advice?: string };
		yield { check: "API address", state: "wrong", detail: message, advice };
		return;
	}
	const { url, key, from } = connection;
	yield { check: "API address", state: "ok", detail: `${url}, from ${from}` };
	const client = createClient({ url, key, attempts: 2, timeoutMs: 10_000 });
	try {
		const before = io.clock.now();
		const { status } = (await client.healthz()) ?? {};
		const took = `${io.clock.now() - before} ms`;
		yield status === "ok"
			? { check: "API", state: "ok", detail: `answers in ${took}` }
			: {
					check: "API",
					state: "wrong",
					detail: `/healthz did not say ok`,
					advice: "is this the address of thingcast's HTTP trigger?",
				};
	} catch (error) {
		const advice = "is it running, and is the address right? npx s info shows the deployed one";
		yield { check: "API", state: "wrong", detail: (error as Error).message, advice };
		return;
	}
	yield await checkKey(() => client.quota());
}

async function checkKey(read: () => Promise<unknown>): Promise<Check> {
	const check = "API key";
	try {
		await read();
		return { check, state: "ok", detail: "is accepted" };
	} catch (error) {
		const { status, message } = error as ThingcastError;
		// It is a key, and may do other things.
		if (status === 403) return { check, state: "ok", detail: `is accepted; ${message}` };
		const advice =
			status === 401
				? "take one of API_KEYS, or `thingcast keys create`"
				: "see the function's log";
		return { check, state: "wrong", detail: message, advice };
	}
}

/** What `npx s deploy` reads, as far as it can be wrong on its own. Values of secrets are never shown. */
function* checkSettings(environment: Environment): Generator<Check> {
	if (isLocal(environment)) return;
	const check = "settings";
	const keys = environment["API_KEYS"];
	if (keys === undefined) {
		yield {
			check,
			state: "skipped",
			detail: "API_KEYS is not set here: only a deployment needs it",
		};
	} else if (keys.split(",").some((key) => key.trim().length < MIN_API_KEY_LENGTH)) {
		const detail = `API_KEYS holds a key of less than ${MIN_API_KEY_LENGTH} characters`;
		yield { check, state: "wrong", detail, advice: "make one with `openssl rand -hex 24`" };
	} else yield { check, state: "ok", detail: "API_KEYS" };
	const region = environment["FC_REGION"] || "cn-shanghai";
	for (const name of ["TABLESTORE_ENDPOINT", "IOT_ENDPOINT"]) {
		const value = environment[name];
		if (!value) continue;
		yield value.includes(region)
			? { check, state: "ok", detail: `${name} is in ${region}` }
			: {
					check,
					state: "wrong",
					detail: `${name} is ${value}, FC_REGION ${region}`,
					advice: "both must name one region",
				};
	}
}

/** What setup would make: by reading only. */
async function* checkParts(
	environment: Environment,
	products: readonly string[],
): AsyncGenerator<Check> {
	const parts = await openParts(environment, products);
	try {
		for (const part of parts) yield checkOf(part.part, await planOf(part));
	} finally {
		for (const part of parts) part.close?.();
	}
}

function checkOf(check: string, items: readonly Item[]): Check {
	const [first] = items;
	if (first?.plan === "skipped") {
		const advice = "set it to have this looked at";
		return { check, state: "skipped", detail: first.detail ?? "", advice };
	}
	if (first?.plan === "unknown") {
		const advice = ADVICE[check] ?? "check the keys, and what they may do";
		return { check, state: "wrong", detail: first.detail ?? "", advice };
	}
	const wrong = items.filter(({ plan }) => plan !== "keep");
	if (wrong.length === 0) return { check, state: "ok", detail: `all ${items.length}` };
	const names = wrong.map(({ name, detail }) => (detail ? `${name} (${detail})` : name));
	const detail = `missing or outdated: ${names.join(", ")}`;
	return { check, state: "wrong", detail, advice: "thingcast setup --yes" };
}

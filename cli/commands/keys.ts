import type { Command } from "commander";
import type { CreatedKey, Key, KeyRequest, Scope } from "../../client/src/index.ts";
import { collect, wholeNumber } from "../options.ts";
import type { Column } from "../output/table.ts";
import { localTime } from "../output/time.ts";
import { UsageError } from "../problems.ts";
import { type ApiContext, firstOf, runsWithApi, type Session } from "../session.ts";
import { readProfiles, writeProfiles } from "../settings/profiles.ts";
import { deleteVerb, listVerb, verb } from "../verbs.ts";

const COLUMNS: readonly Column<Key>[] = [
	{ title: "NAME", value: ({ name }) => name },
	{ title: "SCOPES", value: ({ scopes }) => scopes.join(" ") },
	{ title: "PRODUCTS", value: ({ products = [] }) => products.join(" ") || "all" },
	{ title: "RATE", value: ({ ratePerSecond }) => ratePerSecond && `${ratePerSecond}/s` },
	{ title: "EXPIRES", value: ({ expiresAt }) => localTime(expiresAt) },
	{ title: "ID", value: ({ id }) => id, whole: true },
];

interface CreateOptions extends SaveOptions {
	readonly scope: string[];
	readonly product: string[];
	readonly rate?: number;
	readonly expiresAt?: string;
}

interface SaveOptions {
	readonly save?: string;
}

export function register(command: Command, session: Session): void {
	listVerb<Key>(
		verb(command, "list", "all keys, without their secrets"),
		session,
		COLUMNS,
		(context, page) => context.client.keys.list(page),
	);
	const create = saves(verb(command, "create", "a new key; its secret is shown once"))
		.argument("<name>", "for people")
		.option("--scope <scope>", "such as commands:read; again for each", collect, [])
		.option("--product <key>", "only for this product; again for each", collect, [])
		.option("--rate <n>", "requests a second", wholeNumber)
		.option("--expires-at <time>", "such as 2027-01-01T00:00:00Z");
	runsWithApi<CreateOptions>(create, session, async (context) => {
		const { scope, product, rate, expiresAt } = context.options;
		if (scope.length === 0) {
			throw new UsageError(
				"a key without scopes can do nothing",
				"add --scope commands:read, or --scope admin",
			);
		}
		return make(context, {
			name: firstOf(context.args),
			scopes: scope as Scope[],
			...(product.length > 0 ? { products: product } : {}),
			...(rate === undefined ? {} : { ratePerSecond: rate }),
			...(expiresAt === undefined ? {} : { expiresAt }),
		});
	});
	const rotate = saves(
		verb(command, "rotate", "a new key that may do what an old one may"),
	).argument("<id>");
	runsWithApi<SaveOptions>(rotate, session, async (context) => {
		const id = firstOf(context.args);
		const { name, scopes, products, ratePerSecond, expiresAt } = await find(context, id);
		await make(context, {
			name,
			scopes,
			...(products ? { products } : {}),
			...(ratePerSecond ? { ratePerSecond } : {}),
			...(expiresAt ? { expiresAt } : {}),
		});
		context.io.say(`${id} works as before; once nobody uses it: thingcast keys delete ${id}`);
		return undefined;
	});
	deleteVerb(verb(command, "delete", "revoke it"), session, ({ client }, id) =>
		client.keys.delete(id),
	);
}

const saves = (command: Command): Command =>
	command.option("--save <profile>", "keep url and key under this name instead of showing the key");

async function make(context: ApiContext<SaveOptions>, request: KeyRequest): Promise<undefined> {
	const { client, io, show, url, options } = context;
	const made = await client.keys.create(request);
	if (options.save === undefined) {
		show.one(made, ({ id, key }) => [`id   ${id}`, `key  ${key}`]);
		io.say("the key is not shown again: keep it now");
		return undefined;
	}
	const profiles = { ...readProfiles(io), [options.save]: { url, key: made.key } };
	const file = writeProfiles(io, profiles);
	const { key: _, ...shown }: CreatedKey = made;
	show.one(shown, ({ id }) => [`id   ${id}`]);
	io.say(`kept as profile ${options.save} in ${file}`);
	return undefined;
}

async function find({ client }: ApiContext<object>, id: string): Promise<Key> {
	for await (const key of client.keys.list()) if (key.id === id) return key;
	throw new UsageError(`there is no key ${id}`, "thingcast keys list shows their ids");
}

import { projectFolder } from "../settings/project.ts";
import { type Account, accountOf, keysOf } from "./account.ts";
import { openApiKeys } from "./api-keys.ts";
import { type Environment, isLocal } from "./environment.ts";
import { namesOf } from "./names.ts";
import { type Part, skippedPart } from "./part.ts";
import { openQueues } from "./queues.ts";
import { openRoles } from "./roles.ts";
import { openRpc } from "./rpc.ts";
import { openSubscriptions } from "./subscription.ts";
import { openTables } from "./tables.ts";

/** Versions of the vendor's APIs. */
const STS = "2015-04-01";
const RAM = "2015-05-01";
const IOT = "2018-01-20";

/** Everything that a deployment stands on and an API can make, in the order in which it is needed. */
export async function openParts(
	environment: Environment,
	products: readonly string[],
): Promise<readonly Part[]> {
	const names = namesOf(environment);
	const opened = async (part: string, open: () => Part | Promise<Part>) => {
		try {
			return await open();
		} catch (error) {
			return skippedPart(part, (error as Error).message);
		}
	};
	const rpc = (endpoint: string, version: string) =>
		openRpc(keysOf(environment), endpoint, version);
	let asked: Promise<Account> | undefined;
	const account = () => {
		asked ??= accountOf(environment, rpc(environment["STS_ENDPOINT"] || "sts.aliyuncs.com", STS));
		return asked;
	};
	const parts = [
		await opened("table", () => openTables(environment)),
		await opened("queue", async () =>
			openQueues(await account(), names, environment["MNS_ENDPOINT"]),
		),
	];
	// The local cloud has neither roles nor subscriptions; a test brings its own.
	if (isLocal(environment) && !environment["RAM_ENDPOINT"]) return parts;
	parts.push(
		await opened("role", async () => {
			const ram = rpc(environment["RAM_ENDPOINT"] || "ram.aliyuncs.com", RAM);
			return openRoles(ram, projectFolder(), (await account()).accountId, names);
		}),
		await opened("device messages", async () => {
			if (products.length === 0) throw new Error("no --product says whose messages");
			const endpoint = environment["IOT_ENDPOINT"] || `iot.${names.region}.aliyuncs.com`;
			const instance = environment["IOT_INSTANCE_ID"];
			const { accountId } = await account();
			return openSubscriptions(rpc(endpoint, IOT), products, accountId, names, instance);
		}),
		await opened("keys of the API", () =>
			openApiKeys(environment["THINGCAST_FOLDER"] || projectFolder(), environment),
		),
	);
	return parts;
}

import type Mns from "@alicloud/mns";
import type { Account } from "./account.ts";
import type { Names } from "./names.ts";
import type { Item, Part } from "./part.ts";

const PART = "queue";
const MISSING = /QueueNotExist/;

/** Queues that s.yaml's triggers and destinations name; that of device messages comes with the subscription. */
export async function openQueues(account: Account, names: Names, endpoint?: string): Promise<Part> {
	const { default: Client } = await import("@alicloud/mns");
	const { accountId, accessKeyId, accessKeySecret, securityToken } = account;
	const where = endpoint ?? `https://${accountId}.mns.${names.region}.aliyuncs.com`;
	const keys = { accessKeyId, accessKeySecret, ...(securityToken ? { securityToken } : {}) };
	const client = new Client(accountId, { ...keys, endpoint: where });
	return {
		part: PART,
		plan: () => Promise.all(Object.values(names.queues).map((name) => planned(client, name))),
		apply: async ({ name }) => void (await client.createQueue(name)),
	};
}

async function planned(client: Mns, name: string): Promise<Item> {
	try {
		await client.getQueueAttributes(name);
		return { part: PART, name, plan: "keep" };
	} catch (error) {
		if (MISSING.test((error as Error).name)) return { part: PART, name, plan: "create" };
		throw error;
	}
}

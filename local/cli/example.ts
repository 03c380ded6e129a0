import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CloudOptions } from "../cloud.ts";
import type { Project } from "./run.ts";

/** Beside the sources, or beside dist/ where only that was installed. */
const FOLDER = ["../example", "../../example"]
	.map((path) => fileURLToPath(new URL(path, import.meta.url)))
	.find((path) => existsSync(path));

/** The s.yaml of `--example`. */
export const EXAMPLE_STACK = join(FOLDER ?? "example", "s.yaml");

/** The project of `--example`: a table, a queue, a timer and a device, in ten lines. */
export const EXAMPLE: Pick<Project, "cloud" | "examples"> = {
	cloud: { prepare, environment },
	examples: ({ endpoints }) => [
		`curl -X POST ${endpoints.http}    # a message for the queue, whose receiver calls the device`,
		`curl ${endpoints.http}            # the device's answer, from the table`,
	],
};

type Hooks = Required<Pick<CloudOptions, "prepare" | "environment">>;

async function prepare(services: Parameters<Hooks["prepare"]>[0]): Promise<void> {
	// The example reads its environment, as it does in an instance.
	Object.assign(process.env, {
		TABLESTORE_ENDPOINT: services.tablestore,
		TABLESTORE_INSTANCE: services.instance,
		ALIBABA_CLOUD_ACCESS_KEY_ID: services.accessKeyId,
		ALIBABA_CLOUD_ACCESS_KEY_SECRET: services.accessKeySecret,
	});
	const { createTable } = createRequire(EXAMPLE_STACK)("./clients.js") as {
		createTable(name: string): Promise<unknown>;
	};
	await createTable("answers").catch((error: Error) => {
		if (!error.message.includes("OTSObjectAlreadyExist")) throw error;
	});
}

function environment({ devices }: Parameters<Hooks["environment"]>[0]) {
	const [device] = devices;
	return {
		EXAMPLE_PRODUCT_KEY: device?.productKey,
		EXAMPLE_DEVICE_NAME: device?.deviceName,
	};
}

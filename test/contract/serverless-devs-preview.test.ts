import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readStack } from "../../local/stack/index.ts";

const PROJECT = join(import.meta.dirname, "../..");
const FILE = join(PROJECT, "s.yaml");
const API_KEYS = "key-of-at-least-16-characters";
const ACCOUNT_ID = "1234567890123456";
const run = promisify(execFile);

/** The command `s` of @serverless-devs/s. */
const COMMAND = (() => {
	const manifest = createRequire(import.meta.url).resolve("@serverless-devs/s/package.json");
	const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: { s: string } };
	return join(dirname(manifest), bin.s);
})();

interface Resource {
	readonly props: Record<string, unknown> & {
		readonly environmentVariables: Record<string, string>;
		readonly triggers?: readonly {
			readonly triggerName: string;
			readonly triggerConfig: unknown;
		}[];
	};
}
type Rendered = { readonly resources: Record<string, Resource> };

describe("Serverless Devs renders s.yaml", () => {
	const home = mkdtempSync(join(tmpdir(), "thingcast-serverless-devs-"));
	afterAll(() => rmSync(home, { recursive: true, force: true }));

	/** Away from the home folder's credentials and from whatever the shell has set for a deployment. */
	const serverlessDevs = (args: string[], env: Record<string, string> = {}, cwd = PROJECT) =>
		run(process.execPath, [COMMAND, ...args], {
			cwd,
			env: { PATH: process.env["PATH"] ?? "", HOME: home, CI: "true", ...env },
		});

	let output = "";
	let rendered: Rendered;
	beforeAll(async () => {
		const credentials = ["--AccessKeyID", "example", "--AccessKeySecret", "example"];
		const account = ["--AccountID", ACCOUNT_ID, "--access", "default"];
		await serverlessDevs(["config", "add", ...credentials, ...account]);
		const preview = ["preview", "-t", FILE, "--output-format", "json", "--silent"];
		output = (await serverlessDevs(preview, { API_KEYS })).stdout;
		rendered = parse(output) as Rendered;
	});

	it("with every variable and reference resolved", () => {
		expect(output).not.toContain("${");
		expect(Object.keys(rendered.resources).sort()).toEqual(["http", "queue", "timer", "worker"]);
	});

	it("to what the local cloud reads from the same file", () => {
		const sources = { env: { API_KEYS }, accountId: ACCOUNT_ID, region: "cn-shanghai" };
		for (const local of readStack(FILE, sources).functions) {
			const props = rendered.resources[local.resource]?.props;
			expect(props).toMatchObject({
				functionName: local.functionName,
				code: local.code,
				handler: local.handler,
				cpu: local.cpu,
				memorySize: local.memoryMb,
				diskSize: local.diskMb,
				timeout: local.timeoutSeconds,
				runtime: "custom.debian10",
				customRuntimeConfig: { command: ["node", "index.js"], port: 9000 },
				instanceConcurrency: local.instanceConcurrency,
				region: "cn-shanghai",
				logConfig: "auto",
			});
			expect(props?.environmentVariables).toEqual(local.environment);
			expect((props?.triggers ?? []).map(({ triggerName }) => triggerName)).toEqual(
				local.triggers.map(({ name }) => name),
			);
		}
	});

	it("with the account's own ARNs", () => {
		const { queue, worker } = rendered.resources;
		expect(worker?.props["role"]).toBe(`acs:ram::${ACCOUNT_ID}:role/thingcast-worker`);
		expect(worker?.props["asyncInvokeConfig"]).toEqual({
			maxAsyncEventAgeInSeconds: 3600,
			maxAsyncRetryAttempts: 3,
			destinationConfig: {
				onFailure: {
					destination: `acs:mns:cn-shanghai:${ACCOUNT_ID}:/queues/thingcast-failures/messages`,
				},
			},
		});
		expect(worker?.props["instanceLifecycleConfig"]).toEqual({
			initializer: { handler: "index.initializer", timeout: 30 },
			preStop: { handler: "index.preStop", timeout: 30 },
		});
		const [commands, events] = queue?.props.triggers ?? [];
		expect([commands, events].map((trigger) => trigger?.triggerConfig)).toMatchObject(
			["commands", "events"].map((name) => ({
				eventSourceConfig: {
					eventSourceParameters: { sourceMNSParameters: { QueueName: `thingcast-${name}` } },
				},
				runOptions: {
					deadLetterQueue: {
						Arn: `acs:mns:cn-shanghai:${ACCOUNT_ID}:/queues/thingcast-${name}-dead-letters`,
					},
				},
			})),
		);
	});

	it("with the API keys that .env keeps, at every deployment", async () => {
		const folder = join(home, "project");
		mkdirSync(folder);
		copyFileSync(FILE, join(folder, "s.yaml"));
		writeFileSync(join(folder, ".env"), `API_KEYS=${API_KEYS}\n`);
		const file = join(folder, "s.yaml");
		for (let twice = 0; twice < 2; twice++) {
			const args = ["preview", "-t", file, "--output-format", "json", "--silent"];
			const { stdout } = await serverlessDevs(args, {}, folder);
			const { http } = (parse(stdout) as Rendered).resources;
			expect(http?.props.environmentVariables["API_KEYS"]).toBe(API_KEYS);
		}
	});

	it("and refuses to without API keys", async () => {
		const preview = serverlessDevs(["preview", "-t", FILE, "--output-format", "json"]);
		await expect(preview).rejects.toMatchObject({
			stdout: expect.stringContaining("API_KEYS"),
		});
	});
});

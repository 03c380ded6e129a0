import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createClient } from "../../client/src/index.ts";
import { RunningCloud } from "../support/cloud/running-cloud.ts";
import { Reader } from "../support/documents/reader.ts";
import { shellBlocks } from "../support/documents/shell-blocks.ts";

const DOCUMENTS = [
	"README.md",
	"CONTRIBUTING.md",
	"local/README.md",
	...readdirSync("docs").flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : [])),
].filter((file) => shellBlocks(file).length > 0);

/** The only reasons for which a block may stay untested. */
const REASONS = [
	/^it installs and starts everything by itself, and the checks do that already$/,
	/^it runs until Ctrl\+C$/,
	/^it needs an account of Alibaba Cloud$/,
	/^time can be moved only where it stands still$/,
];
const PASTING_MS = 120_000;

/** A reader's first hour: every shell block of the documents, in its order, after what `npm start` prints. */
describe("the documents' examples, as they are written", () => {
	const cloud = new RunningCloud("--devices", "3");
	let reader: Reader;
	let client: ReturnType<typeof createClient>;
	beforeAll(async () => {
		const { http, apiKey } = await cloud.start();
		client = createClient({ url: http, key: apiKey });
		await vi.waitFor(() => expect(cloud.lines.join("\n")).toContain("export THINGCAST_URL"));
		reader = new Reader(cloud);
	});
	afterAll(async () => {
		reader.leaves();
		await cloud.remove();
	});

	it.each(DOCUMENTS)("%s", { timeout: PASTING_MS }, async (file) => {
		const blocks = shellBlocks(file).filter(({ notTested }) => notTested === undefined);
		const { code, output } = await reader.pastes(blocks);
		expect(code, output).toBe(0);
	});

	it("the reaction of the first page has fired", async () => {
		const caused = async () => {
			for await (const command of client.commands.list({ source: "reaction" })) return command;
			return undefined;
		};
		await expect
			.poll(caused, { timeout: 10_000 })
			.toMatchObject({ service: "Set", args: { level: 50 }, state: "succeeded" });
	});

	it("what is not tested says why", () => {
		const untested = DOCUMENTS.flatMap((file) =>
			shellBlocks(file).flatMap(({ notTested }) => notTested ?? []),
		);
		for (const reason of untested) {
			expect(REASONS.some((known) => known.test(reason))).toBe(true);
		}
	});

	it("every request with a body says that it is JSON", () => {
		for (const file of DOCUMENTS) {
			for (const { code } of shellBlocks(file)) {
				expect(code).not.toMatch(/curl[^\n]* (-d|--data)\b/);
			}
		}
	});
});

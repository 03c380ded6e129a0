import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { eventually } from "../support/fc/start.ts";
import { answering, Project, stackOf } from "../support/project/project.ts";

/** A request that an instance has begun, and that ends when a file exists. */
const WAITING = `
const { existsSync } = require("node:fs");
exports.handler = async () => {
	console.log("begun");
	while (!existsSync(process.env.GO)) await new Promise((resolve) => setTimeout(resolve, 5));
	return { statusCode: 200, body: "old" };
};
`;

let project: Project;
let cloud: Cloud;
const lines: string[] = [];

async function start(code: string): Promise<void> {
	project.write("s.yaml", stackOf(["a", "b"], { GO: `${project.dir}/go` }));
	project.write("a/index.js", code);
	project.write("b/index.js", answering("process.pid"));
	cloud = await startCloud({
		projectDir: project.dir,
		dataDir: project.dataDir,
		watch: true,
		log: (line) => lines.push(line),
	});
}

const answerOf = async (name: string) =>
	(await fetch(cloud.endpoints.functions[name]?.http ?? "")).text();

/** Reloads of the function so far. */
const reloads = (name = "a") => lines.filter((line) => line === `${name}: new code`).length;

beforeEach(() => {
	lines.length = 0;
	project = new Project({});
});
afterEach(async () => {
	await cloud.close();
	project.remove();
});

describe("a function whose code changes", () => {
	it("answers with the new code, and the others keep their instances", async () => {
		await start(answering('"one"'));
		const other = await answerOf("b");
		expect(await answerOf("a")).toBe("one");
		project.write("a/index.js", answering('"two"'));
		await eventually(() => reloads() === 1);
		expect(await answerOf("a")).toBe("two");
		expect(await answerOf("b")).toBe(other);
	});

	it("is found again after its folder was removed and made anew, as builds do", async () => {
		await start(answering('"one"'));
		for (const text of ["two", "three"]) {
			const before = reloads();
			project.removeFolder("a");
			project.write("a/index.js", answering(`require("./more/text.js")`));
			project.write("a/more/text.js", `module.exports = "${text}";\n`);
			await eventually(() => reloads() > before && lines.at(-1) === "a: new code");
			expect(await eventuallyAnswers("a", text)).toBe(text);
		}
	});

	it("is not loaded again if a build has made the same", async () => {
		await start(answering("process.pid"));
		const instance = await answerOf("a");
		project.write("a/index.js", answering("process.pid"));
		project.write("b/index.js", answering('"changed"'));
		await eventually(() => reloads("b") === 1);
		expect(await answerOf("a")).toBe(instance);
		expect(reloads()).toBe(0);
	});

	it("lets a request that has begun end in the old code", async () => {
		await start(WAITING);
		const begun = answerOf("a");
		await eventually(() => lines.some((line) => line.endsWith("begun")));
		project.write("a/index.js", answering('"new"'));
		await eventually(() => reloads() === 1);
		expect(await answerOf("a")).toBe("new");
		project.write("go", "");
		expect(await begun).toBe("old");
	});
});

/** A build in several steps may be seen in the middle; its end is seen, too. */
async function eventuallyAnswers(name: string, text: string): Promise<string> {
	for (let attempt = 0; attempt < 100; attempt++) {
		const before = lines.length;
		const answer = await answerOf(name);
		if (answer === text) return answer;
		await eventually(() => lines.length > before);
	}
	return "never";
}

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiDocument } from "../../functions/http/document/index.ts";
import { typesOf } from "../../tools/types.ts";

const manifest = createRequire(import.meta.url).resolve("pyright/package.json");
/** A checker of Python's types that runs on Node.js: no Python is needed. */
const PYRIGHT = join(dirname(manifest), "index.js");

const caller = (mistake = "") => `
import json
import urllib.request
from typing import List
from api import Command, CommandRequest, CommandRequestDevice, StateElement


def send(url: str, key: str, request: CommandRequest) -> Command:
    body = json.dumps(request.to_dict()).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/v1/commands", body, headers)) as answer:
        return Command.from_dict(json.load(answer))


def tell(command: Command) -> List[str]:
    if command.state == StateElement.FAILED and command.error is not None:
        return [command.id, command.error.code]
    return [command.id, str(command.created_at.year)]


REQUEST = CommandRequest(
    device=CommandRequestDevice(product_key="a1", device_name="light"),
    service="Set",
    args={"power": 1},
)
${mistake}
`;

describe("types for Python that quicktype makes of the API's document", () => {
	const folder = mkdtempSync(join(tmpdir(), "thingcast-python-"));
	beforeAll(async () => {
		writeFileSync(join(folder, "api.py"), await typesOf(apiDocument(), "python"));
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	/** What is wrong with each caller, checked together: most of the time goes into the start. */
	const check = (callers: Readonly<Record<string, string>>) => {
		for (const [file, source] of Object.entries(callers)) writeFileSync(join(folder, file), source);
		const run = [PYRIGHT, "--outputjson", "-p", folder];
		const { stdout } = spawnSync(process.execPath, run, { encoding: "utf8", cwd: folder });
		const { generalDiagnostics } = JSON.parse(stdout) as {
			generalDiagnostics: ReadonlyArray<{ severity: string; message: string; file: string }>;
		};
		return generalDiagnostics
			.filter(({ severity }) => severity === "error")
			.map(({ file, message }) => `${basename(file)}: ${message}`);
	};

	it("compile, with a caller that sends a command, and find another caller's mistake", () => {
		const callers = { "right.py": caller(), "wrong.py": caller('REQUEST.lane = "urgent"') };
		expect(check(callers)).toEqual([expect.stringMatching(/^wrong\.py: .*urgent/s)]);
	});
});

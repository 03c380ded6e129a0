import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { OPTIONS_HELP, readOptions } from "../../cli/options.ts";
import { WELL_KNOWN_ACCOUNT } from "../../identity.ts";

const dir = mkdtempSync(join(tmpdir(), "thingcast-options-"));
afterAll(() => rmSync(dir, { recursive: true }));

const SHELL = { FROM_SHELL: "of the shell" };
const read = (...args: string[]) => readOptions(args, SHELL);

describe("the options", () => {
	it("have defaults that run a project in its folder", () => {
		expect(read()).toEqual({
			stack: join(process.cwd(), "s.yaml"),
			port: 9000,
			data: join(process.cwd(), ".local"),
			account: undefined,
			devices: 3,
			quota: 500,
			platformQuota: 500,
			throttle: "token-bucket",
			virtual: false,
			watch: true,
			inspect: [],
			prepare: undefined,
			environment: {},
			example: false,
			iot: {},
			script: undefined,
			help: false,
		});
	});

	it("are all in the help", () => {
		const { help, ...others } = read();
		expect(help).toBe(false);
		const flags: Partial<Record<keyof typeof others, string>> = {
			platformQuota: "platform-quota",
			watch: "no-watch",
			environment: "env",
		};
		for (const name of Object.keys(others) as (keyof typeof others)[]) {
			expect(OPTIONS_HELP).toContain(`--${flags[name] ?? name} `);
		}
	});

	it("set the quota of the platform and of the project alike, or the former alone", () => {
		expect(read("--quota", "20")).toMatchObject({ quota: 20, platformQuota: 20 });
		expect(read("--platform-quota", "10")).toMatchObject({ quota: 500, platformQuota: 10 });
	});

	it("take the well-known account by name", () => {
		expect(read("--account", "well-known").account).toBe(WELL_KNOWN_ACCOUNT);
	});

	it("take variables from files, the command line and the shell, the later ones first", () => {
		const [one, two] = ["one.env", "two.env"].map((name) => join(dir, name));
		writeFileSync(one ?? "", "A=1\nB='two words' # why\n# no\nexport C=3\n");
		writeFileSync(two ?? "", "A=2\n");
		const files = ["--dotenv", one ?? "", "--dotenv", two ?? ""];
		const { environment } = read(...files, "--env", "C=x=y", "--env", "FROM_SHELL", "--env", "D=");
		expect(environment).toEqual({
			A: "2",
			B: "two words",
			C: "x=y",
			FROM_SHELL: "of the shell",
			D: "",
		});
	});

	it.each([
		[["--prot", "1"], /'--prot'/],
		[["s.yaml"], /s\.yaml/],
		[["--port", "many"], /--port must be a whole number from 0 to 65529, not "many"/],
		[["--port", ""], /--port must be a whole number/],
		[["--port", "65530"], /--port/],
		[["--devices", "0"], /--devices/],
		[["--quota", "1.5"], /--quota/],
		[["--platform-quota", "0"], /--platform-quota/],
		[["--throttle", "none"], /--throttle must be token-bucket or fixed-window, not "none"/],
		[["--account", "mine"], /--account must be random or well-known, not "mine"/],
		[["--dotenv", "no-such-file"], /--dotenv no-such-file cannot be read/],
		[["--env", "NO_SUCH_ONE"], /--env NO_SUCH_ONE: the shell has no such variable/],
		[["--env", "1=2"], /--env must be NAME or NAME=VALUE, not "1=2"/],
	])("refuse %j with its name and what it must be", (args, message) => {
		expect(() => read(...args)).toThrow(message);
	});
});

describe("--iot", () => {
	it("sets what the vendor leaves open, and limits", () => {
		const { iot } = read("--iot", "unknown-name=skip", "--iot", "device-per-second=50");
		expect(iot).toEqual({
			manyDevices: { unknownName: "skip" },
			limits: { devicePerSecond: 50 },
		});
	});

	it.each([
		["quota=1", /--iot knows max-devices, .*not "quota=1"/],
		["message-ids=none", /--iot message-ids must be own or shared, not "message-ids=none"/],
	])("refuses %s with what there is", (text, words) => {
		expect(() => read("--iot", text)).toThrow(words);
	});
});

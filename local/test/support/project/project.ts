import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Somebody else's project: its files in a folder of their own, without packages and without TypeScript. */
export class Project {
	readonly dir = mkdtempSync(join(tmpdir(), "thingcast-other-"));
	readonly dataDir = join(this.dir, ".local");

	constructor(files: Readonly<Record<string, string>>) {
		for (const [path, text] of Object.entries(files)) this.write(path, text);
	}

	write(path: string, text: string): void {
		const file = join(this.dir, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text);
	}

	removeFolder(path: string): void {
		rmSync(join(this.dir, path), { recursive: true });
	}

	remove(): void {
		rmSync(this.dir, { recursive: true, force: true });
	}
}

/** A function that answers every request with this text, an expression of JavaScript. */
export function answering(expression: string): string {
	return `exports.handler = async () => ({ statusCode: 200, body: String(${expression}) });\n`;
}

/** Serverless Devs' expression for a variable: `env("'A', 'default'")`. */
export const env = (args: string) => `\${env(${args})}`;

/** An s.yaml of functions with an HTTP trigger each, whose code is in the folder of their name. */
export function stackOf(
	names: readonly string[],
	environment: Readonly<Record<string, string>> = {},
): string {
	const functionOf = (name: string) => ({
		component: "fc3",
		props: {
			region: "cn-shanghai",
			functionName: `other-${name}`,
			runtime: "nodejs20",
			handler: "index.handler",
			code: `./${name}`,
			timeout: 10,
			memorySize: 256,
			cpu: 0.25,
			diskSize: 512,
			environmentVariables: environment,
			triggers: [
				{
					triggerName: "http",
					triggerType: "http",
					triggerConfig: { authType: "anonymous", methods: ["GET"] },
				},
			],
		},
	});
	// JSON is YAML, too.
	return JSON.stringify({
		edition: "3.0.0",
		name: "other",
		resources: Object.fromEntries(names.map((name) => [name, functionOf(name)])),
	});
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { environmentOf, type Services } from "../endpoints.ts";

/**
 * Runs a command of the project by the shell, in its folder, before any function
 * runs: it finds the services and the account's keys in its environment.
 *
 * @throws Error if it ends with another exit code than 0.
 */
export async function runPrepare(
	command: string,
	projectDir: string,
	services: Services,
): Promise<void> {
	const child = spawn(command, {
		cwd: projectDir,
		shell: true,
		stdio: ["ignore", "inherit", "inherit"],
		env: {
			...process.env,
			...environmentOf(services),
			ALIBABA_CLOUD_ACCESS_KEY_ID: services.accessKeyId,
			ALIBABA_CLOUD_ACCESS_KEY_SECRET: services.accessKeySecret,
		},
	});
	const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
	if (code !== 0) throw new Error(`--prepare "${command}" ended with ${code ?? signal}`);
}

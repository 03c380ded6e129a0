import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Command } from "commander";
import { EXIT } from "../exit.ts";
import { runs, type Session } from "../session.ts";
import { projectFolder } from "../settings/project.ts";

/** `npm start`, whose options these are. */
export function register(command: Command, session: Session): void {
	command
		.argument("[options...]", "of `npm start`: --port, --data, --devices, --quota, …")
		.allowUnknownOption()
		.helpOption(false);
	runs<object>(command, session, async ({ args }) => {
		const npm = process.platform === "win32" ? "npm.cmd" : "npm";
		const child = spawn(npm, ["start", "--silent", "--", ...args], {
			cwd: projectFolder(),
			stdio: "inherit",
		});
		const [code] = (await once(child, "exit")) as [number | null];
		return code ?? EXIT.interrupted;
	});
}

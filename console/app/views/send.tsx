import { useState } from "preact/hooks";
import { Mistake } from "../api/problem.ts";
import { useClient } from "../hooks/client.ts";
import { go } from "../hooks/route.ts";
import { say } from "../hooks/say.ts";
import { Dialog } from "../parts/dialog.tsx";
import { TroubleNote } from "../parts/trouble.tsx";
import { commandHref } from "./commands/columns.tsx";

interface SendProps {
	readonly device?: { readonly productKey: string; readonly deviceName: string };
	readonly onClose: () => void;
}

/** One command to one device. */
export function SendDialog({ device, onClose }: SendProps) {
	const client = useClient();
	const [fields, setFields] = useState({
		productKey: device?.productKey ?? "",
		deviceName: device?.deviceName ?? "",
		service: "",
		args: "{}",
	});
	const [waits, setWaits] = useState(false);
	const [error, setError] = useState<unknown>();
	const [busy, setBusy] = useState(false);
	const field = (name: keyof typeof fields, label: string) => (
		<label>
			{label}
			<input
				type="text"
				required
				spellcheck={false}
				value={fields[name]}
				onInput={({ currentTarget }) => setFields({ ...fields, [name]: currentTarget.value })}
			/>
		</label>
	);
	const send = async (event: Event) => {
		event.preventDefault();
		setBusy(true);
		setError(undefined);
		try {
			const command = await client.commands.send(bodyOf(fields, waits));
			say("Accepted");
			onClose();
			go(commandHref(command.id));
		} catch (thrown) {
			setError(thrown);
			setBusy(false);
		}
	};
	return (
		<Dialog title="Send a command" onClose={onClose}>
			<form onSubmit={send}>
				<div class="two">
					{field("productKey", "Product key")}
					{field("deviceName", "Device name")}
				</div>
				{field("service", "Service")}
				<label>
					Arguments (JSON)
					<textarea
						class="code"
						rows={5}
						spellcheck={false}
						value={fields.args}
						onInput={({ currentTarget }) => setFields({ ...fields, args: currentTarget.value })}
					/>
				</label>
				<label class="check">
					<input
						type="checkbox"
						checked={waits}
						onChange={({ currentTarget }) => setWaits(currentTarget.checked)}
					/>
					Wait for the device if it is offline
				</label>
				<TroubleNote error={error} />
				<footer>
					<button type="submit" class="main" disabled={busy}>
						Send
					</button>
				</footer>
			</form>
		</Dialog>
	);
}

/** Text and not an object: the digits of the arguments are sent as they were typed. */
function bodyOf(
	{
		productKey,
		deviceName,
		service,
		args,
	}: Readonly<Record<"productKey" | "deviceName" | "service" | "args", string>>,
	waits: boolean,
): string {
	try {
		JSON.parse(args);
	} catch (error) {
		throw new Mistake(`The arguments are not JSON: ${(error as Error).message}`);
	}
	const device = JSON.stringify({ productKey: productKey.trim(), deviceName: deviceName.trim() });
	const whenOffline = waits ? ',"whenOffline":"wait"' : "";
	return `{"device":${device},"service":${JSON.stringify(service.trim())},"args":${args}${whenOffline}}`;
}

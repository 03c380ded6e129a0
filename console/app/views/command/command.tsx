import { useState } from "preact/hooks";
import { storyOf } from "../../../../cli/words/story.ts";
import type { Command } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { useNow } from "../../hooks/now.ts";
import { go, hrefOf, type Route } from "../../hooks/route.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Act } from "../../parts/act.tsx";
import { Facts, Json } from "../../parts/facts.tsx";
import { Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { Time } from "../../parts/time.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { deviceText } from "../../parts/words.ts";
import { commandHref } from "../commands/columns.tsx";
import { SourceLink } from "./source.tsx";
import { Steps, TimeLine } from "./time-line.tsx";
import { InWords } from "./words.tsx";

const UNDER_WAY_MS = 1_000;
/** A late reply may still come. */
const ENDED_MS = 15_000;

export function CommandView({ route: { path } }: { readonly route: Route }) {
	const client = useClient();
	const id = path[1] ?? "";
	const [ended, setEnded] = useState(false);
	const read = async () => {
		const command = await client.commands.get(id);
		setEnded(command.terminal);
		return command;
	};
	const { value: command, error, reload, set } = useLoad(id, read, ended ? ENDED_MS : UNDER_WAY_MS);
	const [failure, setFailure] = useState<unknown>();
	const up = { label: "Commands", href: hrefOf(["commands"]) };
	const open = command?.state === "accepted" || command?.state === "waiting";
	const cancel = async () => set(await client.commands.cancel(id));
	const redrive = async () => go(commandHref((await client.commands.redrive(id)).id));
	useShortcuts("Command", [
		{ keys: "r", label: "read it again", run: reload },
		{ keys: "u", label: "up to the list", run: () => go(up.href) },
		...(open ? [{ keys: "c", label: "cancel it", run: () => cancel().catch(setFailure) }] : []),
		...(command?.terminal
			? [{ keys: "d", label: "redrive it", run: () => redrive().catch(setFailure) }]
			: []),
	]);
	const actions = command && (
		<>
			{open && (
				<Act act={cancel} done="Canceled" onError={setFailure} look="danger" keys="c">
					Cancel
				</Act>
			)}
			{command.terminal && (
				<Act act={redrive} done="Sent again, as a new command" onError={setFailure} keys="d">
					Redrive
				</Act>
			)}
		</>
	);
	return (
		<Page
			title={command ? `${command.service} on ${deviceText(command.device)}` : "Command"}
			up={up}
			actions={actions}
		>
			<TroubleNote error={failure ?? error} retry={reload} />
			{command && <Shown command={command} />}
		</Page>
	);
}

function Shown({ command }: { readonly command: Command }) {
	const now = useNow(command.terminal ? 10_000 : 500);
	const story = storyOf(command, now);
	const { device, args, source, createdAt, updatedAt, expiresAt } = command;
	const result = "result" in command ? command.result : undefined;
	const reply = "reply" in command ? command.reply : undefined;
	const name = device.deviceName && device.productKey;
	return (
		<div class="scroll">
			<p class="lead">
				<State of={command.state} />
				<span>{story.headline}</span>
			</p>
			{story.advice && (
				<p class="note advice">
					<strong>What to do: </strong>
					<InWords text={story.advice} />
				</p>
			)}
			<TimeLine command={command} now={now} />
			<Steps steps={story.steps} from={createdAt} />
			<div class="columns">
				<section>
					<h2>Command</h2>
					<Facts
						of={[
							["Id", <code key="id">{command.id}</code>],
							[
								"Device",
								name ? (
									<a
										key="device"
										href={hrefOf(["devices", device.productKey ?? "", device.deviceName ?? ""])}
									>
										{device.productKey}/{device.deviceName}
									</a>
								) : (
									device.iotId
								),
							],
							["Source", <SourceLink key="source" source={source} />],
							["Lane", command.lane],
							["Accepted", <Time key="at" at={createdAt} ago />],
							["Changed", <Time key="changed" at={updatedAt} ago />],
							["Expires", command.terminal ? undefined : <Time key="expires" at={expiresAt} ago />],
							["When offline", command.whenOffline],
							["On unknown", command.onUnknown],
							["Reply timeout", `${command.replyTimeout} s`],
							["QoS", command.qos],
							["Message id", command.messageId && <code key="message">{command.messageId}</code>],
						]}
					/>
				</section>
				<section>
					<h2>Arguments</h2>
					<Json label="Arguments" value={args} />
					{reply && (
						<>
							<h2>Reply {reply.code}</h2>
							<Json label="Reply" value={reply.data ?? reply} />
						</>
					)}
					{!reply && result && (
						<>
							<h2>Result</h2>
							<pre class="json">{result}</pre>
						</>
					)}
				</section>
			</div>
		</div>
	);
}

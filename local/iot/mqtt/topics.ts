/** Which topics are a device's own (help.aliyun.com/document_detail/73731.html, "Topics"). */
export function mayUse(topic: string, productKey: string, deviceName: string): boolean {
	const own = `${productKey}/${deviceName}`;
	return (
		topic.startsWith(`/sys/${own}/`) ||
		topic.startsWith(`/${own}/user/`) ||
		startsWithLevels(topic, `/shadow/update/${own}`) ||
		startsWithLevels(topic, `/shadow/get/${own}`) ||
		isBelowService(topic, "ota", own) ||
		isBelowService(topic, "ext", own) ||
		topic.startsWith("/ext/rrpc/") ||
		topic.startsWith(`/broadcast/${productKey}/`)
	);
}

function startsWithLevels(topic: string, prefix: string): boolean {
	return topic === prefix || topic.startsWith(`${prefix}/`);
}

/** `/ota/device/inform/{pk}/{dn}`, `/ext/ntp/{pk}/{dn}/request`: the device stands after one or two levels. */
function isBelowService(topic: string, service: string, own: string): boolean {
	if (!topic.startsWith(`/${service}/`)) return false;
	const [, , first, second, third, fourth] = topic.split("/");
	return `${second}/${third}` === own || (`${third}/${fourth}` === own && first !== "+");
}

/** MQTT 3.1.1, 4.7.1. */
export function matches(filter: string, topic: string): boolean {
	if (filter === topic) return true;
	const wanted = filter.split("/");
	const levels = topic.split("/");
	for (const [index, level] of wanted.entries()) {
		if (level === "#") return true;
		if (index >= levels.length || (level !== "+" && level !== levels[index])) return false;
	}
	return wanted.length === levels.length;
}

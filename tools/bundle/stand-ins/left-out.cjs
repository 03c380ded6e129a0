// Makes a module of which everything can be imported and nothing used.
module.exports = (name) => {
	const refuse = () => {
		throw new Error(`${name} is left out of the bundles (tools/bundle/trim/stand-ins.ts)`);
	};
	const traps = { get: refuse, apply: refuse, construct: refuse };
	const anything = new Proxy(class {}, traps);
	return new Proxy(class {}, {
		...traps,
		get: (_, key) => (key === "__esModule" ? true : anything),
	});
};

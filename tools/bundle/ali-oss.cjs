// Stands in for `ali-oss`, which @alicloud/fc2 loads only to upload function
// code. A function never does that, and the real package cannot be bundled.
module.exports = class ObjectStorage {
	constructor() {
		throw new Error("object storage is left out of the bundles (tools/bundle/ali-oss.cjs)");
	}
};

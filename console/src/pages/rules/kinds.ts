// The kinds of rules: what each page of them shows, and how its rules are written.
/** The kinds in the order of the tabs. Base images have a page of their own. */
export const KINDS = [
  'secrets',
  'malware',
  'baseline',
  'compliance',
  'hashes',
  'allowed-hashes',
  'exclusions',
  'weak-passwords',
  'disabled',
] as const;

export type Kind = (typeof KINDS)[number];

/** The kinds that the program brings rules of. */
const WITH_BUILT_IN: Kind[] = ['secrets', 'malware', 'baseline', 'compliance'];

export const PARTS = ['built-in', 'own', 'versions'] as const;
export type Part = (typeof PARTS)[number];

/** What a kind has. */
export function partsOf(kind: Kind): Part[] {
  return PARTS.filter((part) => part !== 'built-in' || WITH_BUILT_IN.includes(kind));
}

/** How rules of a kind are written, by an example. */
export const EXAMPLES: Record<Kind, string> = {
  secrets: `[[rules]]
id = "our-token"
description = "A token of our service"
regex = '''ours_[0-9a-f]{32}'''
keywords = ["ours_"]
`,
  malware: `rule our_miner {
  meta:
    description = "A miner that was seen on our hosts"
  strings:
    $pool = "stratum+tcp://pool.example"
  condition:
    $pool
}
`,
  baseline: `category = "ssh"

[[check]]
id = "OUR-0001"
severity = "medium"
standards = ["our handbook 4.2"]
title = { en = "SSH takes passwords", zh = "SSH 允许口令认证" }
description = { en = "Keys cannot be guessed.", zh = "密钥无法猜测。" }
advice = { en = "Set PasswordAuthentication no.", zh = "设置 PasswordAuthentication no。" }
applies = "ssh-server"
test = { kind = "sshd", name = "PasswordAuthentication", default = "yes", value = { one_of = ["no"] } }
`,
  compliance: `[[rule]]
id = "software/our-forbidden-agent"
severity = "high"
title = { en = "The old agent", zh = "旧版代理程序" }
description = { en = "It talks to a server that is gone.", zh = "其连接的服务器已下线。" }
advice = { en = "Remove it.", zh = "请移除。" }
forbidden = { kind = "software", packages = { deb = ["old-agent*"] }, programs = ["old-agent"] }
`,
  hashes: `# SHA-256 or MD5, and a name
275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f Test.Eicar
`,
  'allowed-hashes': `# SHA-256, MD5, or a pattern of paths
44d88612fea8a8f36de82e1278abb02f
/opt/tools/test-data/*
`,
  exclusions: `# One pattern of paths a line
/opt/vendor/*
*/fixtures/*.pem
`,
  'weak-passwords': `OurCompany2026
Welcome@123
`,
  disabled: `# One id of a built-in rule a line
aws-access-key-id
`,
};

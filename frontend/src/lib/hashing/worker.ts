import { serveHashes, type HashReply, type HashRequest, type Port } from './protocol'
import { sha256 } from './sha256'

serveHashes(self as unknown as Port<HashRequest, HashReply>, sha256)

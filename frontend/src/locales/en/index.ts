import account from './account.json'
import common from './common.json'
import door from './door.json'
import problems from './problems.json'
import shell from './shell.json'

export default { account, common, door, problems, shell }

import account from './account.json'
import browse from './browse.json'
import common from './common.json'
import details from './details.json'
import door from './door.json'
import files from './files.json'
import names from './names.json'
import preview from './preview.json'
import problems from './problems.json'
import reasons from './reasons.json'
import search from './search.json'
import shell from './shell.json'
import trash from './trash.json'
import uploads from './uploads.json'

export default {
  account,
  browse,
  common,
  details,
  door,
  files,
  names,
  preview,
  problems,
  reasons,
  search,
  shell,
  trash,
  uploads,
}

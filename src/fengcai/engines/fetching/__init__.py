"""Getting one page or file from an address that a stranger wrote: guarded, and off unless settings permit.

Nothing is ever reached but public addresses on the two ports of the web, unless the operator names an
inner place. Nothing is decided here about whether to fetch at all, and nothing that is fetched is opened.
"""

from .fetching import Fetched, NotFetched, fetch
from .guarding import Forbidden, Guard, hosts_of, inside_of

__all__ = ["Fetched", "Forbidden", "Guard", "NotFetched", "fetch", "hosts_of", "inside_of"]

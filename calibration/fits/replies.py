"""How people reply, from a corpus of labelled dialogues: fitted, filled in with what is assumed, and centred by replays."""

from calibration.corpora.coded import Coded
from calibration.fits.estimates import Estimate
from calibration.fits.recentre import recentre, split_catch_all
from calibration.fits.response import fit_response
from calibration.fits.worlds import ASSUMED, replay_world
from dialogue_env.files import read_toml


def fit_replies(where: str, coded: Coded, earlier: tuple[Estimate, ...] = ()) -> tuple[Estimate, ...]:
    """Return all estimates of how the people of ``coded`` reply; ``earlier`` estimates go over what is shipped."""
    catch_all = read_toml(ASSUMED)["catch_all"]
    fitted = split_catch_all(fit_response(where, replay_world(earlier), coded), catch_all)
    return recentre(fitted, coded, lambda own: replay_world((*earlier, *own)))

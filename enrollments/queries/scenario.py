"""A scenario as the page shows it: the scene reached, and what the last choice brought."""

from collections.abc import Sequence
from dataclasses import dataclass

from courses.documents import BlockDoc, SceneDoc


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """`feedback_html` speaks of the last choice; `path` is the list of choices made so far."""

    block: BlockDoc
    scene: SceneDoc
    feedback_html: str
    path: list[str]


def scenario(block: BlockDoc, path: Sequence[str]) -> ScenarioView:
    """Walk the scenario along the choices; the walk stops at the first unknown one."""
    scenes = {scene["key"]: scene for scene in block["scenes"]}
    scene, feedback, walked = scenes[block["start"]], "", []
    for key in path:
        choice = next((each for each in scene["choices"] if each["key"] == key), None)
        if choice is None:
            break
        scene, feedback = scenes[choice["to"]], choice["feedback_html"]
        walked.append(key)
    return ScenarioView(block=block, scene=scene, feedback_html=feedback, path=walked)

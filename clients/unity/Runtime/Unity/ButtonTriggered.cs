using System;
using UnityEngine;
using UnityEngine.Events;

namespace Streamario
{
    /// <summary>An inspector event for the triggers of one button.</summary>
    [Serializable]
    sealed class ButtonTriggered
    {
        [Tooltip("As in the room's settings: skill1, enemy1.")]
        public string eventType = "";

        public UnityEvent<ViewerTrigger> onTrigger = new UnityEvent<ViewerTrigger>();
    }
}

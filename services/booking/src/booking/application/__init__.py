"""What booking does, one use case a file:

| file | what a caller wants |
|---|---|
| availability | see the free times |
| hold | keep one for a while |
| keep_hold | extend, describe or release what is held |
| book | make the appointment |
| cancel | give it up, and take that back |
| reschedule | move it |
| attend | check the guest in, complete, note a no-show; take such a step back |
| show | see a booking; what a message about it needs to know |
| sweep | forget what need not be kept |
"""
